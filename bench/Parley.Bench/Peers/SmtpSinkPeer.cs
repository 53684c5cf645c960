using System.Globalization;
using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>Postfix's smtp-sink: takes mail and forgets it; the bare cost of the protocol in C.</summary>
public sealed class SmtpSinkPeer : IPeer
{
    // As root it insists on becoming somebody else; "nobody" is on every system.
    private const string User = "nobody";

    private readonly Child _server;
    private readonly Task _counting;
    private int _messages;

    private SmtpSinkPeer(Child server, int port)
    {
        _server = server;
        Port = port;
        _counting = CountAsync();
    }

    public string Name => "smtp-sink";

    public int Port { get; }

    public IReadOnlyList<int> RootProcesses => [_server.Id];

    public int Backlog => 0;

    /// <param name="counting">Whether <see cref="Messages"/> is kept, which costs it a write a message.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<SmtpSinkPeer> StartAsync(bool counting, CancellationToken cancel)
    {
        var port = FreePort.Pick();
        string[] user = Environment.IsPrivilegedProcess ? ["-u", User] : [];
        string[] counter = counting ? ["-c"] : [];
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var server = Child.Start(Installation.Tool("smtp-sink", "postfix"), [.. user, .. counter, "-m", "1000", address, "1024"]);
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

    /// <summary>Messages that it has taken so far; 0 where it does not count.</summary>
    public int Messages => Volatile.Read(ref _messages);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _counting;
    }

    // With -c it writes "sess=1 quit=0 mesg=7" and a carriage return after every message.
    private async Task CountAsync()
    {
        const string Label = "mesg=";
        var text = "";
        var buffer = new char[16 * 1024];
        int read;
        while ((read = await _server.Output.ReadAsync(buffer)) > 0)
        {
            text += new string(buffer, 0, read);
            var end = text.LastIndexOf('\r');
            var start = end < 0 ? -1 : text.LastIndexOf(Label, end, StringComparison.Ordinal);
            if (start >= 0)
            {
                Volatile.Write(ref _messages, int.Parse(text.AsSpan(start + Label.Length, end - start - Label.Length), CultureInfo.InvariantCulture));
                text = text[(end + 1)..];
            }
        }
    }
}
