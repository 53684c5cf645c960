using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Server.Reports;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>
/// Turns what a next hop said into what the queue keeps: delivered, to be tried again and when, or given up; and records
/// it together with the report that the sender gets, if he gets one.
/// </summary>
internal sealed partial class OutcomeRecorder : IDisposable
{
    private static readonly TimeSpan RecordAgain = TimeSpan.FromSeconds(1);

    private readonly IQueueStore store;
    private readonly DeliveryStatus reports;
    private readonly TimeProvider time;
    private readonly Func<double> random;
    private readonly ILogger logger;
    private readonly Meter meter = new("Parley.Delivery");
    private readonly Counter<long> attempts;

    public OutcomeRecorder(IQueueStore store, DeliveryStatus reports, TimeProvider time, Func<double> random, ILogger logger)
    {
        this.store = store;
        this.reports = reports;
        this.time = time;
        this.random = random;
        this.logger = logger;
        attempts = meter.CreateCounter<long>("parley_delivery_attempts_total", unit: null, "Attempts to deliver, one for each recipient, by how they ended.");
    }

    /// <summary>Told of every report that was stored, so that it goes out.</summary>
    public Action<NewMessage> Stored { get; init; } = static _ => { };

    /// <summary>The plan by the settings in force.</summary>
    public RetryPlan Plan(Settings settings) => new(settings.Delivery, random);

    /// <summary>Ends the waiting for a store that takes nothing.</summary>
    public CancellationToken EndNow { get; init; }

    /// <summary>
    /// Records how a message of a claim ended. What was delivered is recorded whatever it takes: forgotten, because the disk
    /// is full or broken for now, it would be delivered again when its lease ends, and again after that.
    /// </summary>
    public async Task Record(Attempt attempt, CancellationToken cancellation)
    {
        var mustBeKnown = attempt.Outcomes.Any(static outcome => outcome is SendOutcome.Delivered);
        for (var isFirst = true; await TryRecord(attempt, mustBeKnown, cancellation) is { } fault; isFirst = false)
        {
            if (isFirst)
            {
                LogNotRecorded(logger, attempt.Message.Id, fault);
            }

            await Task.Delay(RecordAgain, time, EndNow);
        }
    }

    /// <returns>Why it is to be tried again, or null.</returns>
    private async ValueTask<string?> TryRecord(Attempt attempt, bool mustBeKnown, CancellationToken cancellation)
    {
        var judged = Judge(attempt);
        RecordResult result;
        try
        {
            result = await Store(attempt, judged, cancellation);
            if (result == RecordResult.NoRoom)
            {
                // Nothing may be given up without its report: it waits until there is room for one.
                judged = Judge(attempt with { MayFail = false });
                result = await Store(attempt, judged, cancellation);
            }
        }
        catch (IOException fault) when (mustBeKnown)
        {
            return fault.Message;
        }

        if (result == RecordResult.NoRoom && mustBeKnown)
        {
            return "no room on the disk";
        }

        if (result == RecordResult.LeaseLost)
        {
            LogLeaseLost(logger, attempt.Message.Id);
        }

        Count(attempt, judged);
        return null;
    }

    /// <summary>Records how many messages of one claim ended: those that nobody is told of in one stroke.</summary>
    public async Task Record(IReadOnlyList<Attempt> attempts, CancellationToken cancellation)
    {
        var silent = new List<(Attempt Attempt, List<Judged> Judged)>(attempts.Count);
        var told = new List<Attempt>();
        foreach (var attempt in attempts)
        {
            var judged = Judge(attempt);
            if (judged.Exists(static one => one.Status is not null))
            {
                told.Add(attempt);
            }
            else
            {
                silent.Add((attempt, judged));
            }
        }

        if (silent.Count > 0)
        {
            // What an operator changed meanwhile is dropped by the store, recipient by recipient.
            var outcomes = silent.SelectMany(static one => one.Judged, static (_, judged) => judged.Outcome).ToList();
            _ = await store.Record(silent[0].Attempt.Lease, outcomes, null, cancellation);
            silent.ForEach(one => Count(one.Attempt, one.Judged));
        }

        await Task.WhenAll(told.Select(attempt => Record(attempt, cancellation)));
    }

    /// <summary>What becomes of a message whose site is left alone: nothing was tried.</summary>
    public static Attempt PutOff(Attempt attempt, SitePause pause) =>
        attempt.AllEnd(new SendOutcome.Deferred(SiteWaits(pause), SendPhase.Route), pause.Why.Peer) with { NotBefore = pause.Until, Untried = true };

    public void Dispose() => meter.Dispose();

    // The reply that made the site wait stays readable to the explainer: its codes are kept, and its words come last.
    internal static SendCause SiteWaits(SitePause pause)
    {
        var why = pause.Why;
        var status = Smtp.EnhancedStatusCode.Parse(why.Enhanced) ?? (why.Code > 0 ? new Smtp.EnhancedStatusCode(4, 0, 0) : new Smtp.EnhancedStatusCode(4, 4, 1));
        status = status with { Class = 4 };
        var text = pause.IsThrottling
            ? $"not tried: the site asked to slow down and is left alone until {pause.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; it said: {why.Text}"
            : $"not tried: the site could not be used and is left alone until {pause.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; what happened: {why.Text}";
        return new SendCause("site-waits", status, text) { Code = why.Code / 100 == 4 ? why.Code : 0 };
    }

    private List<Judged> Judge(Attempt attempt)
    {
        var now = time.GetUtcNow();
        var plan = Plan(attempt.Settings);
        var judged = new List<Judged>(attempt.Outcomes.Count);
        for (var i = 0; i < attempt.Outcomes.Count; i++)
        {
            judged.Add(Judge(attempt, attempt.Message.Recipients[i], attempt.Outcomes[i], plan, now));
        }

        return judged;
    }

    private static Judged Judge(Attempt attempt, ClaimedRecipient recipient, SendOutcome outcome, RetryPlan plan, DateTimeOffset now)
    {
        var message = attempt.Message;
        var reply = Attempts.Reply(outcome, attempt.Peer);
        if (outcome is SendOutcome.Delivered delivered)
        {
            // RFC 3461 §5.2.2: a hop that does DSN reports by itself from here on.
            var delivery = new Outcome.Delivered(message.Id, recipient.Number, reply);
            return Told(delivered.DsnPassedOn ? null : ActionAt(attempt.Hop), delivery);
        }

        // RFC 5321 §4.5.4.1: what fails for a time is tried again until the message is too old.
        if (attempt.MayFail && (outcome is SendOutcome.Failed || plan.IsOver(message.ReceivedAt, now)))
        {
            return Told(ReportedAction.Failed, new Outcome.Failed(message.Id, recipient.Number, reply));
        }

        var late = attempt.MayFail && !recipient.DelayReported && plan.IsLate(message.ReceivedAt, now);
        var deferral = new Outcome.Deferred(message.Id, recipient.Number, reply, Next(attempt, recipient, plan, now)) { Untried = attempt.Untried };
        var judged = Told(late ? ReportedAction.Delayed : null, deferral);
        return judged.Status is null ? judged : judged with { Outcome = deferral with { DelayReported = true } };

        Judged Told(ReportedAction? action, Outcome kept) =>
            new(kept, action is not { } done || !DeliveryStatus.Wants(message, recipient, done) ? null : new RecipientStatus(recipient, done, outcome, reply)
            {
                AttemptedAt = now,
                Expired = kept is Outcome.Failed && outcome is SendOutcome.Deferred,
                RetryUntil = plan.End(message.ReceivedAt),
            });
    }

    private static ReportedAction ActionAt(NextHop hop) =>
        hop.Destination == LocalDelivery.Expansion ? ReportedAction.Expanded : hop.IsFinal ? ReportedAction.Delivered : ReportedAction.Relayed;

    private static DateTimeOffset Next(Attempt attempt, ClaimedRecipient recipient, RetryPlan plan, DateTimeOffset now)
    {
        var next = now + plan.Wait(recipient.Attempts + 1);
        if (attempt.NotBefore is { } notBefore && (attempt.Untried || notBefore > next))
        {
            next = notBefore;
        }

        return plan.Bounded(next, attempt.Message.ReceivedAt, now);
    }

    private async ValueTask<RecordResult> Store(Attempt attempt, List<Judged> judged, CancellationToken cancellation)
    {
        var outcomes = judged.ConvertAll(static one => one.Outcome);
        var told = judged.Exists(static one => one.Status is not null) ? judged.Select(static one => one.Status).OfType<RecipientStatus>().ToList() : null;
        NewMessage? report;
        try
        {
            report = told is null ? null : await reports.Write(attempt.Settings, attempt.Message, told, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            // A report that cannot be written must neither be skipped nor hold up the rest of the queue.
            LogNoReport(logger, fault, attempt.Message.Id);
            return RecordResult.NoRoom;
        }

        if (report is null)
        {
            return await store.Record(attempt.Lease, outcomes, null, cancellation);
        }

        await using var content = report.Content;
        var result = await store.Record(attempt.Lease, outcomes, report, cancellation);
        if (result == RecordResult.Recorded)
        {
            Stored(report);
        }

        return result;
    }

    private void Count(Attempt attempt, List<Judged> judged)
    {
        foreach (var (outcome, status) in judged)
        {
            if (outcome is Outcome.Deferred { Untried: true })
            {
                continue;
            }

            var word = outcome switch
            {
                Outcome.Delivered => "delivered",
                Outcome.Failed => "failed",
                _ => "deferred",
            };
            attempts.Add(1, new KeyValuePair<string, object?>("outcome", word));
            if (logger.IsEnabled(LogLevel.Information))
            {
                var silence = outcome is Outcome.Failed && status is null ? " (no report: its sender is null or asked for none)" : string.Empty;
                LogOutcome(logger, attempt.Message.Id, attempt.Message.Recipients.First(one => one.Number == outcome.Recipient).Recipient.Address, word, Said(outcome.Reply), silence);
            }
        }
    }

    [LoggerMessage(502, LogLevel.Warning, "message {Id}: somebody else has it by now (its lease ran out, or an operator changed it); what was delivered stands, the rest is left to them")]
    private static partial void LogLeaseLost(ILogger logger, QueueId id);

    [LoggerMessage(503, LogLevel.Error, "message {Id}: it was delivered, but that cannot be recorded and is tried again every second, so that it does not go out twice; free or mend the disk: {Fault}")]
    private static partial void LogNotRecorded(ILogger logger, QueueId id, string fault);

    [LoggerMessage(504, LogLevel.Error, "message {Id}: the report to its sender could not be written; its recipients are tried again instead of given up")]
    private static partial void LogNoReport(ILogger logger, Exception fault, QueueId id);

    private static string Said(AttemptReply reply) =>
        string.Join(' ', new[] { reply.Peer, reply.Code > 0 ? reply.Code.ToString(CultureInfo.InvariantCulture) : string.Empty, reply.Enhanced, reply.Text }.Where(static word => word.Length > 0));

    [LoggerMessage(501, LogLevel.Information, "message {Id}: <{Recipient}> {Outcome}: {Said}{Silence}")]
    private static partial void LogOutcome(ILogger logger, QueueId id, ForwardPath recipient, string outcome, string said, string silence);

    private readonly record struct Judged(Outcome Outcome, RecipientStatus? Status);
}

/// <summary>How the attempt to deliver one message ended.</summary>
/// <param name="Settings">The settings in force.</param>
/// <param name="Lease">Under which lease.</param>
/// <param name="Hop">Where to.</param>
/// <param name="Message">What.</param>
internal sealed record Attempt(Settings Settings, Lease Lease, NextHop Hop, ClaimedMessage Message)
{
    /// <summary>One for each recipient, in the order of the envelope.</summary>
    public IReadOnlyList<SendOutcome> Outcomes { get; init; } = [];

    /// <summary>Who answered.</summary>
    public string Peer { get; init; } = string.Empty;

    /// <summary>The same end for every recipient.</summary>
    public Attempt AllEnd(SendOutcome outcome, string peer) => this with { Outcomes = Enumerable.Repeat(outcome, Message.Recipients.Count).ToList(), Peer = peer };

    /// <summary>No further attempt before this.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whether nothing was tried, because the site is left alone.</summary>
    public bool Untried { get; init; }

    /// <summary>Whether a recipient may be given up, or reported late, now.</summary>
    public bool MayFail { get; init; } = true;
}
