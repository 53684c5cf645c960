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
    private static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandshakeWait = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; } = time;

    public long CommandTicks { get; } = Ticks(time, command);

    public long DataTicks { get; } = Ticks(time, data);

    /// <summary>A handshake is a matter of machines, not of people.</summary>
    public long HandshakeTicks { get; } = Ticks(time, command < HandshakeWait ? command : HandshakeWait);

    public long CloseTicks { get; } = Ticks(time, CloseWait);

    private static long Ticks(TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
