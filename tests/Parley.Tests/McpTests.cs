using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Parley.Codes;

namespace Parley.Tests;

/// <summary>`parley mcp` driven by the client of the protocol's own library, over standard input and output.</summary>
public class McpTests
{
    [Fact]
    public async Task The_three_tools_are_listed_with_what_they_take()
    {
        await using var client = await Connect();
        var tools = await client.ListToolsAsync();
        Assert.Equal(["explain", "compare", "list_codes"], tools.Select(t => t.Name));
        Assert.Equal(["text"], Required(tools[0]));
        Assert.Equal(["a", "b"], Required(tools[1]));
        Assert.All(tools, t => Assert.True(t.JsonSchema.GetProperty("properties").TryGetProperty("lang", out _)));
        Assert.Equal("parley", client.ServerInfo?.Name);
    }

    [Fact]
    public async Task A_code_is_explained_as_an_object_and_a_text_as_an_array()
    {
        await using var client = await Connect();
        var code = await Json(client, "explain", new() { ["text"] = "550", ["lang"] = "en" });
        Assert.Equal(("550", "permanent"), (code.GetProperty("code").GetString(), code.GetProperty("class").GetString()));
        var text = await Json(client, "explain", new() { ["text"] = "535 5.7.8 Username and Password not accepted" });
        Assert.Equal("Gmail", text[0].GetProperty("provider").GetString());
        Assert.Equal(JsonDocument.Parse(CodesJson.Write(Catalogue.Load().Explain("550")!)).RootElement.ToString(), code.ToString());
    }

    [Fact]
    public async Task Two_codes_are_compared_and_all_codes_are_listed()
    {
        await using var client = await Connect();
        var comparison = await Json(client, "compare", new() { ["a"] = "334", ["b"] = "550" });
        Assert.True(comparison.GetProperty("differences").GetArrayLength() > 3);
        var codes = await Json(client, "list_codes", []);
        Assert.Equal(Catalogue.Load().BasicCodes.Count + Catalogue.Load().EnhancedCodes.Count, codes.GetArrayLength());
        Assert.All(codes.EnumerateArray(), c => Assert.NotEqual("", c.GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("explain", "text", "599", "no standard")]
    [InlineData("explain", "lang", "xx", "there is no language")]
    [InlineData("explain", "nothing", "", "explain needs")]
    [InlineData("compare", "a", "550", "compare needs")]
    [InlineData("probe", "text", "550", "there is no tool")]
    public async Task A_call_that_cannot_be_answered_says_why(string tool, string name, string value, string why)
    {
        await using var client = await Connect();
        var result = await client.CallToolAsync(tool, new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = value });
        Assert.True(result.IsError);
        Assert.StartsWith(why, Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text, StringComparison.Ordinal);
    }

    private static Task<McpClient> Connect() => McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
    {
        Name = "tests",
        Command = Path.Combine(AppContext.BaseDirectory, "parley"),
        Arguments = ["mcp"],
    }));

    private static async Task<JsonElement> Json(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments);
        Assert.NotEqual(true, result.IsError);
        return JsonDocument.Parse(Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text).RootElement;
    }

    private static IEnumerable<string?> Required(McpClientTool tool) =>
        tool.JsonSchema.GetProperty("required").EnumerateArray().Select(e => e.GetString());
}
