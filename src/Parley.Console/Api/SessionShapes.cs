using Parley.Server.Journal;

namespace Parley.Console.Api;

internal sealed record SessionList(IReadOnlyList<SessionRow> Sessions, string? Next);

/// <summary>A session in a list.</summary>
internal record SessionRow
{
    public required string Id { get; init; }

    public required DateTime StartedAt { get; init; }

    /// <summary>Address and port of the client.</summary>
    public required string Peer { get; init; }

    /// <summary>Protocol and cipher, or null outside TLS.</summary>
    public required string? Tls { get; init; }

    /// <summary>Who logged in, or null.</summary>
    public required string? User { get; init; }

    /// <summary>Messages accepted.</summary>
    public required int Messages { get; init; }

    /// <summary>The last reply as one line, or null before the greeting.</summary>
    public required string? LastReply { get; init; }

    /// <summary>Whether the connection is still open.</summary>
    public required bool Open { get; init; }

    public static SessionRow Of(SessionSummary session) => new()
    {
        Id = session.Id,
        StartedAt = session.StartedAt.UtcDateTime,
        Peer = session.Peer,
        Tls = session.Tls,
        User = session.User,
        Messages = session.Messages,
        LastReply = session.LastReply,
        Open = session.Open,
    };
}

/// <summary>A session and what was said in it.</summary>
internal sealed record SessionDetail : SessionRow
{
    public required IReadOnlyList<SessionLine> Lines { get; init; }

    /// <summary>Whether lines are left out because the session was longer than what is kept.</summary>
    public required bool Truncated { get; init; }

    public static SessionDetail Of(SessionTranscript transcript)
    {
        var session = transcript.Summary;
        return new SessionDetail
        {
            Id = session.Id,
            StartedAt = session.StartedAt.UtcDateTime,
            Peer = session.Peer,
            Tls = session.Tls,
            User = session.User,
            Messages = session.Messages,
            LastReply = session.LastReply,
            Open = session.Open,
            Lines = [.. transcript.Lines.Select(line => new SessionLine(
                line.At.UtcDateTime, line.Side == TranscriptSide.Client ? "client" : "server", line.Text, line.ReplyId))],
            Truncated = transcript.Truncated,
        };
    }
}

/// <summary>One line of a dialogue.</summary>
/// <param name="At">UTC.</param>
/// <param name="Side"><c>client</c> or <c>server</c>.</param>
/// <param name="Text">The line without its end.</param>
/// <param name="ReplyId">The name of the reply, for <c>/why/{id}</c>; null for the client's lines.</param>
internal sealed record SessionLine(DateTime At, string Side, string Text, string? ReplyId);
