using System.Globalization;
using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>Postfix's smtp-sink: takes mail and forgets it; the bare cost of the protocol in C.</summary>
public sealed class SmtpSinkPeer : IPeer
{
    // As root it insists on becoming somebody else; "nobody" is on every system.
    private const string User = "nobody";

    private readonly Child _server;

    private SmtpSinkPeer(Child server, int port)
    {
        _server = server;
        Port = port;
    }

    public string Name => "smtp-sink";

    public int Port { get; }

    public IReadOnlyList<int> RootProcesses => [_server.Id];

    public int Backlog => 0;

    public static async Task<SmtpSinkPeer> StartAsync(CancellationToken cancel)
    {
        var port = FreePort.Pick();
        string[] user = Environment.IsPrivilegedProcess ? ["-u", User] : [];
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var server = Child.Start(Installation.Tool("smtp-sink", "postfix"), [.. user, "-m", "1000", address, "1024"]);
        try
        {
            await FreePort.AcceptsAsync(port, "smtp-sink", cancel);
            return new SmtpSinkPeer(server, port);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
