using System.Net;

namespace Parley.Console.Tests.Access;

public class DoorTests
{
    [Theory]
    [InlineData("api/v1/messages")]
    [InlineData("metrics")]
    [InlineData("healthz")]
    [InlineData("openapi/v1.json")]
    public async Task A_foreign_host_name_is_answered_421_everywhere(string address)
    {
        await using var console = await RunningConsole.Start();
        using var response = await Send(console, HttpMethod.Get, address, ("Host", "rebound.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("api/v1/messages", HttpStatusCode.Forbidden)]
    [InlineData("metrics", HttpStatusCode.Forbidden)]
    [InlineData("openapi/v1.json", HttpStatusCode.Forbidden)]
    [InlineData("api/v1/codes", HttpStatusCode.Forbidden)]
    [InlineData("healthz", HttpStatusCode.OK)]
    [InlineData("readyz", HttpStatusCode.OK)]
    public async Task Through_a_proxy_only_the_public_pages_answer(string address, HttpStatusCode expected)
    {
        await using var console = await RunningConsole.Start();
        using var response = await Send(console, HttpMethod.Get, address, ("X-Forwarded-For", "203.0.113.9"));
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task The_token_of_the_configuration_opens_the_rest()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "s3cret-token\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            await using var console = await RunningConsole.Start($$"""{ "http": { "address": "127.0.0.1:0", "tokenFile": "{{file}}" } }""");
            using var without = await Send(console, HttpMethod.Get, "api/v1/messages", ("Via", "1.1 proxy"));
            Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
            Assert.Equal("Bearer", Assert.Single(without.Headers.WwwAuthenticate).Scheme);
            using var with = await Send(console, HttpMethod.Get, "api/v1/messages", ("Via", "1.1 proxy"), ("Authorization", "Bearer s3cret-token"));
            Assert.Equal(HttpStatusCode.OK, with.StatusCode);
            using var wrong = await Send(console, HttpMethod.Get, "api/v1/messages", ("Authorization", "Bearer s3cret"));
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_cannot_change_anything(string header, string value)
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        using var response = await Send(console, HttpMethod.Post, $"api/v1/queue/{id}/hold", (header, value));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("waiting", (await console.Json($"api/v1/queue/{id}")).GetProperty("recipients")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Our_own_pages_can()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        using var byOrigin = await Send(console, HttpMethod.Post, $"api/v1/queue/{id}/hold", ("Origin", $"http://{console.Address}"));
        Assert.Equal(HttpStatusCode.NoContent, byOrigin.StatusCode);
        using var bySite = await Send(console, HttpMethod.Post, $"api/v1/queue/{id}/release", ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.NoContent, bySite.StatusCode);
    }

    [Theory]
    [InlineData("api/v1/messages")]
    [InlineData("api/v1/nothing")]
    [InlineData("healthz")]
    public async Task Every_answer_bears_the_security_headers_and_none_allows_other_origins(string address)
    {
        await using var console = await RunningConsole.Start();
        using var response = await Send(console, HttpMethod.Get, address, ("Origin", "http://evil.example"));
        Assert.StartsWith("default-src 'none'", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Resource-Policy"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Server"));
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private static Task<HttpResponseMessage> Send(RunningConsole console, HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return console.Client.SendAsync(request);
    }
}
