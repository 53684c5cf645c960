using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Parley.Console.Tests.Api;

public class CodesApiTests
{
    [Theory]
    [InlineData("550", "550")]
    [InlineData("5.1.1", "5.1.1")]
    public async Task A_code_is_explained(string code, string expected)
    {
        await using var console = await RunningConsole.Start();
        var explanation = await console.Json($"api/v1/codes/{code}");
        Assert.Equal((expected, "en"), (explanation.GetProperty("code").GetString(), explanation.GetProperty("lang").GetString()));
        Assert.NotEqual("", explanation.GetProperty("howToFix").GetProperty("sender").GetString());
    }

    [Fact]
    public async Task An_unknown_code_is_not_found()
    {
        await using var console = await RunningConsole.Start();
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, "api/v1/codes/999");
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, "api/v1/compare/550/999");
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Post, "api/v1/explain", Body("""{ "text": "999" }"""));
    }

    [Fact]
    public async Task The_catalogue_lists_every_code()
    {
        await using var console = await RunningConsole.Start();
        var codes = (await console.Json("api/v1/codes")).GetProperty("codes").EnumerateArray().Select(c => c.GetProperty("code").GetString()).ToList();
        Assert.Contains("334", codes);
        Assert.Contains("5.7.1", codes);
        Assert.Contains("4.7.1", codes);
        Assert.True(codes.Count > 150, $"{codes.Count} codes");
    }

    [Fact]
    public async Task Two_codes_are_compared()
    {
        await using var console = await RunningConsole.Start();
        var comparison = await console.Json("api/v1/compare/334/550");
        Assert.Equal(("334", "550"), (comparison.GetProperty("a").GetProperty("code").GetString(), comparison.GetProperty("b").GetProperty("code").GetString()));
        Assert.NotEqual(0, comparison.GetProperty("differences").GetArrayLength());
        Assert.Equal(["334", "550"], comparison.GetProperty("whenToUseWhich").EnumerateArray().Select(w => w.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_text_is_explained_as_an_array_and_a_code_as_an_object()
    {
        await using var console = await RunningConsole.Start();
        var text = await Explain(console, "550 5.1.1 <x@example.com>: Recipient address rejected: User unknown");
        Assert.Equal(JsonValueKind.Array, text.ValueKind);
        Assert.Equal("5.1.1", text[0].GetProperty("enhanced").GetString());
        Assert.NotEqual("", text[0].GetProperty("cause").GetString());
        Assert.Equal("550", (await Explain(console, "550")).GetProperty("code").GetString());
        Assert.Equal(0, (await Explain(console, "nothing to explain")).GetArrayLength());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task A_body_that_is_no_question_is_a_wrong_request(string body)
    {
        await using var console = await RunningConsole.Start();
        await console.Problem(HttpStatusCode.BadRequest, HttpMethod.Post, "api/v1/explain", Body(body));
    }

    [Fact]
    public async Task A_body_of_another_kind_or_too_long_is_refused()
    {
        await using var console = await RunningConsole.Start();
        await console.Problem(HttpStatusCode.UnsupportedMediaType, HttpMethod.Post, "api/v1/explain", new StringContent("550"));
        await console.Problem(HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, "api/v1/explain", Body($$"""{ "text": "{{new string('x', 2 << 20)}}" }"""));
    }

    private static StringContent Body(string json) => new(json, null, "application/json");

    private static async Task<JsonElement> Explain(RunningConsole console, string text)
    {
        using var response = await console.Client.PostAsJsonAsync("api/v1/explain", new { text });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStreamAsync()).RootElement;
    }
}
