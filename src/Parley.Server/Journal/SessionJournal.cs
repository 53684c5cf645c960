using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Parley.Smtp;

namespace Parley.Server.Journal;

/// <summary>
/// What happened, once: sessions with their dialogue for the console, counters for the metrics, faults for the log.
/// Keeps the newest sessions that have ended, and all that are open.
/// </summary>
internal sealed partial class SessionJournal : ISessionJournal, IDisposable
{
    /// <summary>Ended sessions that are kept.</summary>
    public const int KeptSessions = 1000;

    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, SessionRecord> records = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> ended = new();
    private readonly Dictionary<string, (Reply Entry, long[] Count)> replies;
    private readonly Meter meter = new("Parley.Smtp");
    private long sequence;
    private long open;

    public SessionJournal(TimeProvider time, ILogger logger)
    {
        this.time = time;
        this.logger = logger;
        replies = Replies.All.ToDictionary(r => r.Id, r => (r, new long[1]), StringComparer.Ordinal);
        meter.CreateObservableCounter("parley_smtp_replies_total", ReplyCounts, unit: null, "Replies sent, by their name and code.");
        meter.CreateObservableGauge("parley_smtp_sessions_open", () => Interlocked.Read(ref open), unit: null, "SMTP sessions open now.");
        meter.CreateObservableCounter("parley_smtp_sessions_total", () => Interlocked.Read(ref sequence), unit: null, "SMTP sessions begun.");
    }

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <inheritdoc/>
    public ValueTask<SessionPage> List(string? after, int limit, CancellationToken cancellation)
    {
        var page = records.Values
            .Where(r => after is null || string.CompareOrdinal(r.Id, after) < 0)
            .OrderByDescending(r => r.Id, StringComparer.Ordinal)
            .Take(limit + 1)
            .Select(r => r.Summary)
            .ToList();
        return new(page.Count > limit ? new SessionPage(page[..limit], page[limit - 1].Id) : new SessionPage(page, null));
    }

    /// <inheritdoc/>
    public ValueTask<SessionTranscript?> Find(string id, CancellationToken cancellation) =>
        new(records.GetValueOrDefault(id)?.Transcript());

    internal SessionRecord Begin(string peer)
    {
        var now = Now;
        var number = Interlocked.Increment(ref sequence);
        Interlocked.Increment(ref open);
        // Sortable by time, and unique within this process's life.
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():x11}-{number:x6}");
        var record = new SessionRecord(this, id, peer, now);
        records[id] = record;
        return record;
    }

    internal void End(SessionRecord record)
    {
        Interlocked.Decrement(ref open);
        record.Ended();
        ended.Enqueue(record.Id);
        while (ended.Count > KeptSessions && ended.TryDequeue(out var oldest))
        {
            records.TryRemove(oldest, out _);
        }
    }

    /// <summary>Whether a reply is the catalogue's own entry, which every session shares.</summary>
    internal bool IsShared(Reply reply) => ReferenceEquals(replies[reply.Id].Entry, reply);

    internal void Count(Reply reply) => Interlocked.Increment(ref replies[reply.Id].Count[0]);

    internal void ConnectionFault(Exception fault) => LogConnectionFault(logger, fault);

    // The system's own words are enough for what it lacks; a stack would come with each try.
    internal void AcceptFault(Exception fault) =>
        LogNotAccepted(logger, fault is SocketException ? null : fault, fault.Message);

    private IEnumerable<Measurement<long>> ReplyCounts()
    {
        foreach (var (id, (entry, count)) in replies)
        {
            var total = Interlocked.Read(ref count[0]);
            if (total > 0)
            {
                yield return new Measurement<long>(total,
                    new KeyValuePair<string, object?>("id", id),
                    new KeyValuePair<string, object?>("code", entry.Code.Value));
            }
        }
    }

    public void Dispose() => meter.Dispose();

    [LoggerMessage(201, LogLevel.Error, "a connection ended by a fault of this server")]
    private static partial void LogConnectionFault(ILogger logger, Exception fault);

    [LoggerMessage(202, LogLevel.Warning, "a connection could not be accepted: {Why}")]
    private static partial void LogNotAccepted(ILogger logger, Exception? fault, string why);
}
