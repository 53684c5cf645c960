using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Parley.Server.Tests.Dialogues;

/// <summary>Plays a dialogue's client against a server and says where it went another way.</summary>
internal sealed class DialogueClient(IPEndPoint server, int pieces) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient tcp = new() { NoDelay = true };
    private readonly List<byte> received = [];
    private Stream stream = Stream.Null;

    /// <summary>The first difference, as <c>file:line: expected …, got …</c>; null when there is none.</summary>
    public async Task<string?> Play(Dialogue dialogue)
    {
        await tcp.ConnectAsync(server);
        stream = tcp.GetStream();
        var pending = new List<byte>();
        foreach (var step in dialogue.Steps)
        {
            if (step.Who is 'C' or 'c')
            {
                pending.AddRange(Dialogue.Octets(step));
                continue;
            }

            await Send(pending);
            pending.Clear();
            if (await Take(step) is { } difference)
            {
                return $"{dialogue.File}:{step.Line}: {difference} ({dialogue.Rule})";
            }
        }

        await Send(pending);
        return null;
    }

    private async Task<string?> Take(Step step)
    {
        switch (step.Who)
        {
            case 'T':
                var ssl = new SslStream(stream);
                await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                });
                stream = ssl;
                received.Clear();
                return null;
            case 'E':
                var last = await Line();
                return last is null ? null : $"expected the server to close, got {last}";
            case 'S' when step.Text == "...":
                for (var line = await Line(); line is not null; line = await Line())
                {
                    if (line.Length < 4 || line[3] != '-')
                    {
                        return null;
                    }
                }

                return "expected the end of a reply, got the end of the connection";
            default:
                var actual = await Line();
                return actual is not null && Dialogue.Matches(step.Text, actual)
                    ? null
                    : $"expected {step.Text}, got {actual ?? "the end of the connection"}";
        }
    }

    private async Task Send(List<byte> octets)
    {
        var all = octets.ToArray();
        for (var at = 0; at < all.Length; at += pieces)
        {
            try
            {
                await stream.WriteAsync(all.AsMemory(at, Math.Min(pieces, all.Length - at)));
            }
            catch (IOException)
            {
                return; // the server closed; what it said is still to be read
            }
        }
    }

    private async Task<string?> Line()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        while (true)
        {
            var end = received.IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString([.. received[..end]]).TrimEnd('\r');
                received.RemoveRange(0, end + 1);
                return line;
            }

            int count;
            try
            {
                count = await stream.ReadAsync(buffer, patience.Token);
            }
            catch (IOException)
            {
                return null;
            }

            if (count == 0)
            {
                return null;
            }

            received.AddRange(buffer[..count]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        tcp.Dispose();
    }
}
