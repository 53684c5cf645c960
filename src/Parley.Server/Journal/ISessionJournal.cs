namespace Parley.Server.Journal;

/// <summary>
/// What the console reads of past and running sessions. The journal that the connections write to implements it; it
/// keeps credentials out and bounds what it holds. Members may be called from any thread.
/// </summary>
public interface ISessionJournal
{
    /// <summary>Sessions, newest first.</summary>
    /// <param name="after">Only sessions older than this one: the cursor of the page before; null for the first page.</param>
    /// <param name="limit">Most sessions to answer.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<SessionPage> List(string? after, int limit, CancellationToken cancellation);

    /// <summary>One session with its dialogue, or null when it is unknown or no longer kept.</summary>
    ValueTask<SessionTranscript?> Find(string id, CancellationToken cancellation);
}

/// <summary>A page of sessions, newest first.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
public sealed record SessionPage(IReadOnlyList<SessionSummary> Sessions, string? Next);

/// <summary>A session, as lists show it.</summary>
/// <param name="Id">Its name; <c>StoredMessage.Session</c> holds the same.</param>
/// <param name="StartedAt">When the connection was taken.</param>
/// <param name="Peer">Address and port of the client.</param>
public sealed record SessionSummary(string Id, DateTimeOffset StartedAt, string Peer)
{
    /// <summary>Protocol and cipher, such as <c>TLSv1.3 TLS_AES_256_GCM_SHA384</c>; null outside TLS.</summary>
    public string? Tls { get; init; }

    /// <summary>Who logged in, or null.</summary>
    public string? User { get; init; }

    /// <summary>Messages accepted.</summary>
    public int Messages { get; init; }

    /// <summary>The last reply as one line, or null before the greeting.</summary>
    public string? LastReply { get; init; }

    /// <summary>Whether the connection is still open.</summary>
    public bool Open { get; init; }
}

/// <summary>A session and what was said in it.</summary>
/// <param name="Summary">What lists show.</param>
/// <param name="Lines">The dialogue in order, without the content of messages and without credentials.</param>
/// <param name="Truncated">Whether lines were left out because the session was longer than what is kept.</param>
public sealed record SessionTranscript(SessionSummary Summary, IReadOnlyList<TranscriptLine> Lines, bool Truncated);

/// <summary>One line of a dialogue.</summary>
/// <param name="At">When it was read or written.</param>
/// <param name="Side">Who said it.</param>
/// <param name="Text">The line without CRLF; octets that are not UTF-8 are replaced.</param>
/// <param name="ReplyId">The entry of <c>Replies</c>; null for a line of the client.</param>
public readonly record struct TranscriptLine(DateTimeOffset At, TranscriptSide Side, string Text, string? ReplyId);

/// <summary>Who said a line.</summary>
public enum TranscriptSide
{
    Client,
    Server,
}
