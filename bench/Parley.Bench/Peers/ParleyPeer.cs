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

    public IReadOnlyList<int> RootProcesses => [_server.Id];

    public int Backlog => 0;

    /// <summary>Writes a configuration into <paramref name="folder"/> and starts the server on it, ready when this returns.</summary>
    /// <param name="installation">Where the program is.</param>
    /// <param name="folder">Where it lives; what an earlier start left there is used again.</param>
    /// <param name="login">With it, a submission listener with STARTTLS and logins; null: a plain MX.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ParleyPeer> StartAsync(
        Installation installation, string folder, LoginFixture? login, CancellationToken cancel)
    {
        var configuration = Path.Combine(folder, "parley.json");
        if (!File.Exists(configuration))
        {
            Directory.CreateDirectory(folder);
            var settings = login is null ? MxSettings() : await SubmissionSettingsAsync(folder, login, cancel);
            await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(settings), cancel);
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

    private static Dictionary<string, object> MxSettings() => new()
    {
        ["hostname"] = "bench.test",
        ["listeners"] = new[] { new { address = "127.0.0.1:0", role = "mx" } },
        ["http"] = new { address = "127.0.0.1:0" },
        ["domains"] = new Dictionary<string, object> { ["bench.test"] = new { mailboxes = new[] { "b" } } },
        ["limits"] = new { messageBytes = 200 * 1024 * 1024 },
    };

    private static async Task<Dictionary<string, object>> SubmissionSettingsAsync(string folder, LoginFixture login, CancellationToken cancel)
    {
        var keys = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(keys, login.ParleyKeys + "\n", cancel);
        var settings = MxSettings();
        settings["listeners"] = new[] { new { address = "127.0.0.1:0", role = "submission", tls = "starttls", mechanisms = new[] { "SCRAM-SHA-256", "PLAIN" } } };
        settings["tls"] = new { certificateFile = login.CertificateFile, keyFile = login.KeyFile };
        settings["users"] = new Dictionary<string, object>
        {
            [login.User] = new { passwordFile = keys, addresses = new[] { "b@bench.test" } },
        };
        return settings;
    }
}
