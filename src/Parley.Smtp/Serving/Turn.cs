namespace Parley.Smtp.Serving;

/// <summary>What the connection does after it has written the reply.</summary>
public enum Next
{
    /// <summary>Read the next command line.</summary>
    Line,

    /// <summary>Read content up to the dot, then call <see cref="SmtpSession.ContentEnded"/>.</summary>
    Data,

    /// <summary>Read <see cref="Turn.Octets"/> octets of a chunk, then call <see cref="SmtpSession.ChunkEnded"/>.</summary>
    Chunk,

    /// <summary>Read one line and give it to the exchange that AUTH opened.</summary>
    SaslResponse,

    /// <summary>Throw away what has come, begin TLS, then call <see cref="SmtpSession.TlsStarted"/>.</summary>
    StartTls,

    /// <summary>Close.</summary>
    Close,
}

/// <summary>A handler's whole answer: the reply, and what comes next. Only the connection writes.</summary>
/// <param name="Reply">The reply, or null where it comes later (a chunk's comes after its octets).</param>
/// <param name="Next">What is read next.</param>
/// <param name="Octets">Length of the chunk, in octets, with <see cref="Next.Chunk"/>.</param>
public readonly record struct Turn(Reply? Reply, Next Next = Next.Line, long Octets = 0)
{
    /// <summary>A reply, and the next command line.</summary>
    public static implicit operator Turn(Reply reply) => new(reply);

    /// <summary>A reply, and the next command line.</summary>
    public static Turn FromReply(Reply reply) => new(reply);
}
