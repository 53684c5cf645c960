using Parley.Server.Journal;

namespace Parley.Console.Tests;

/// <summary>Sessions that a test wrote down.</summary>
public sealed class TableJournal : ISessionJournal
{
    private readonly List<SessionTranscript> sessions = [];

    public void Add(string id, params (TranscriptSide Side, string Text, string? ReplyId)[] lines)
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var summary = new SessionSummary(id, at, "192.0.2.7:40001")
        {
            Tls = "TLSv1.3 TLS_AES_256_GCM_SHA384",
            User = "alice",
            Messages = 1,
            LastReply = lines.LastOrDefault(line => line.Side == TranscriptSide.Server).Text,
        };
        sessions.Insert(0, new SessionTranscript(summary, [.. lines.Select((line, i) => new TranscriptLine(at.AddMilliseconds(i * 7), line.Side, line.Text, line.ReplyId))], Truncated: false));
    }

    public ValueTask<SessionPage> List(string? after, int limit, CancellationToken cancellation)
    {
        var rest = after is null ? sessions : sessions.SkipWhile(session => session.Summary.Id != after).Skip(1).ToList();
        var page = rest.Take(limit).Select(session => session.Summary).ToList();
        return ValueTask.FromResult(new SessionPage(page, rest.Count > limit ? page[^1].Id : null));
    }

    public ValueTask<SessionTranscript?> Find(string id, CancellationToken cancellation) =>
        ValueTask.FromResult(sessions.Find(session => session.Summary.Id == id));
}
