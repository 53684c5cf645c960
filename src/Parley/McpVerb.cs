using System.CommandLine;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Parley;

/// <summary>`parley mcp`: the catalogue and the explainer as an MCP server on standard input and output.</summary>
internal static class McpVerb
{
    public static Verb Create()
    {
        var command = new Command("mcp", "Serve the catalogue and the explainer to an MCP client over standard input and output (tools explain, compare, list_codes).");
        command.SetAction(async (_, cancelled) =>
        {
            await Serve(cancelled);
            return ExitCode.Done;
        });
        return new Verb(command, "parley mcp");
    }

    private static async Task Serve(CancellationToken cancelled)
    {
        var tools = new McpTools();
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "parley", Version = typeof(McpVerb).Assembly.GetName().Version!.ToString(3) },
            ServerInstructions = "Explains SMTP replies: codes, log lines, bounces and whole sessions. Credentials in a text are masked in the answer.",
            Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
            Handlers = new McpServerHandlers
            {
                ListToolsHandler = (_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [.. McpTools.All] }),
                CallToolHandler = (request, _) => ValueTask.FromResult(tools.Call(request.Params!.Name, request.Params.Arguments ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal))),
            },
        };
        await using var transport = new StdioServerTransport(options);
        await using var server = McpServer.Create(transport, options);
        await server.RunAsync(cancelled);
    }
}
