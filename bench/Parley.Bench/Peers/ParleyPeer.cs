using System.Globalization;
using System.Net;
using System.Text.Json;
using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>`parley serve` as a real server: one local domain, one mailbox, its data in a folder of its own.</summary>
public sealed class ParleyPeer : IPeer
{
    private readonly Child _server;

    private ParleyPeer(Child server, int port)
    {
        _server = server;
        Port = port;
    }

    public string Name => "Parley";

    public int Port { get; }

    public int RootProcess => _server.Id;

    public int Backlog => 0;

    /// <summary>Writes a configuration into <paramref name="folder"/> and starts the server on it, ready when this returns.</summary>
    public static async Task<ParleyPeer> StartAsync(Installation installation, string folder, CancellationToken cancel)
    {
        var configuration = Path.Combine(folder, "parley.json");
        if (!File.Exists(configuration))
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(configuration, Configuration(), cancel);
        }

        var server = Child.Start(
            installation.Parley, ["serve", "--config", configuration, "--data", Path.Combine(folder, "data")]);
        try
        {
            return new ParleyPeer(server, ReadyPort(await server.LineAsync("ready ", cancel)));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port of the first listener in a line such as "ready smtp=127.0.0.1:2525 http=-".</summary>
    public static int ReadyPort(string line)
    {
        var first = line.Split(' ').First(word => word.StartsWith("smtp=", StringComparison.Ordinal))["smtp=".Length..].Split(',')[0];
        return IPEndPoint.Parse(first).Port;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Configuration() => JsonSerializer.Serialize(new
    {
        hostname = "bench.test",
        listeners = new[] { new { address = "127.0.0.1:0", role = "mx" } },
        http = new { address = "127.0.0.1:0" },
        domains = new Dictionary<string, object> { ["bench.test"] = new { mailboxes = new[] { "b" } } },
        limits = new { messageBytes = 200 * 1024 * 1024 },
    });
}
