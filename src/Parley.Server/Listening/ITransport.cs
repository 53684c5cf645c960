using System.IO.Pipelines;

namespace Parley.Server.Listening;

/// <summary>What a connection runs over: a socket, or a pair of pipes in a test.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>What the client sends; another reader after <see cref="StartTls"/>.</summary>
    PipeReader Input { get; }

    /// <summary>What the client is sent; another writer after <see cref="StartTls"/>.</summary>
    PipeWriter Output { get; }

    /// <summary>Throws away what has come in clear, does the handshake and describes what was agreed.</summary>
    ValueTask<string> StartTls(CancellationToken cancellation);

    /// <summary>Ends our side and waits, within bounds, for the peer to take what was said.</summary>
    ValueTask Close(CancellationToken cancellation);

    /// <summary>Ends it now.</summary>
    void Abort();
}

/// <summary>How long a connection may wait, in ticks of <see cref="Time"/>.</summary>
internal sealed class ConnectionLimits(TimeProvider time, TimeSpan command, TimeSpan data)
{
    /// <summary>A message that comes at fewer octets a second, on average, runs out of <see cref="MessageTicks"/>.</summary>
    public const int LeastOctetsASecond = 100;

    // Six times ten minutes: a line of 300 bit/s carries 100 KB in it.
    private const int DataWaitsOfAMessage = 6;

    private static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandshakeWait = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; } = time;

    public long CommandTicks { get; } = Ticks(time, command);

    public long DataTicks { get; } = Ticks(time, data);

    /// <summary>How long a message is waited for in all, where it comes too slowly.</summary>
    public long MessageTicks { get; } = Ticks(time, data * DataWaitsOfAMessage);

    /// <summary>How long each octet of a message prolongs that.</summary>
    public long OctetTicks { get; } = time.TimestampFrequency / LeastOctetsASecond;

    /// <summary>A handshake is a matter of machines, not of people.</summary>
    public long HandshakeTicks { get; } = Ticks(time, command < HandshakeWait ? command : HandshakeWait);

    public long CloseTicks { get; } = Ticks(time, CloseWait);

    private static long Ticks(TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
