using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>Parley's listener and session before a receiver that forgets.</summary>
public sealed class ParleySinkPeer : IPeer
{
    private readonly Child _server;

    private ParleySinkPeer(Child server, int port)
    {
        _server = server;
        Port = port;
    }

    public string Name => "Parley.Sink";

    public int Port { get; }

    public IReadOnlyList<int> RootProcesses => [_server.Id];

    public int Backlog => 0;

    public static async Task<ParleySinkPeer> StartAsync(Installation installation, CancellationToken cancel)
    {
        var server = Child.Start(installation.Sink, []);
        try
        {
            return new ParleySinkPeer(server, ParleyPeer.ReadyPorts(await server.LineAsync("ready ", cancel))[0]);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
