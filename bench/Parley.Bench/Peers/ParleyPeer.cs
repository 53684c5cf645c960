using System.Net;
using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>`parley serve` as a real server, its data in a folder of its own.</summary>
public sealed class ParleyPeer : IPeer
{
    private readonly Child _server;

    private ParleyPeer(Child server, string ready)
    {
        _server = server;
        Ports = ReadyPorts(ready);
        Http = Listeners(ready, "http=");
    }

    public string Name => "Parley";

    public int Port => Ports[0];

    /// <summary>The ports of its listeners in the order of the configuration.</summary>
    public IReadOnlyList<int> Ports { get; }

    /// <summary>Address and port of its HTTP.</summary>
    public string Http { get; }

    public IReadOnlyList<int> RootProcesses => [_server.Id];

    public int Backlog => 0;

    /// <summary>Writes a configuration into <paramref name="folder"/> and starts the server on it, ready when this returns.</summary>
    /// <param name="installation">Where the program is.</param>
    /// <param name="folder">Where it lives; what an earlier start left there is used again.</param>
    /// <param name="configuration">What it is told to be.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ParleyPeer> StartAsync(
        Installation installation, string folder, ParleyConfiguration configuration, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "parley.json");
        await configuration.WriteAsync(file, cancel);
        var server = Child.Start(
            installation.Parley, ["serve", "--config", file, "--data", Path.Combine(folder, "data")]);
        try
        {
            return new ParleyPeer(server, await server.LineAsync("ready ", cancel));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The SMTP ports in a line such as "ready smtp=127.0.0.1:2525,127.0.0.1:2587 http=-".</summary>
    public static IReadOnlyList<int> ReadyPorts(string line)
        => [.. Listeners(line, "smtp=").Split(',').Select(address => IPEndPoint.Parse(address).Port)];

    private static string Listeners(string line, string kind)
        => line.Split(' ').First(word => word.StartsWith(kind, StringComparison.Ordinal))[kind.Length..];

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
