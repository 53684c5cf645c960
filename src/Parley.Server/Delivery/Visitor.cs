using Microsoft.Extensions.Logging;
using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>Serves one destination once: finds its next hop, visits the site when it has a place, and says when to come back.</summary>
internal sealed partial class Visitor(VisitParts parts, IDeliverer deliverer, Sites sites, ILogger logger)
{
    // A visit ends after so many messages when others wait for its place.
    private const int Turn = 100;
    private const int PutAsideAtOnce = 200;
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterChange = TimeSpan.FromSeconds(1);

    private readonly Throttling throttling = new();

    /// <summary>The settings in force.</summary>
    public required Func<Settings> Settings { get; init; }

    /// <summary>The server stops: visits end after the message at hand.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>Whether destinations wait for any place at all.</summary>
    public required Func<bool> OthersWait { get; init; }

    /// <summary>Whether somebody else changed the queue, and the pauses of sites have not been ended for that yet.</summary>
    public required Func<bool> QueueChangedUnseen { get; init; }

    /// <summary>Told when a destination is to be served again.</summary>
    public required Action<string, DateTimeOffset> Again { get; init; }

    /// <summary>Serves a destination; never throws.</summary>
    public async Task Serve(string destination, CancellationToken cancellation)
    {
        try
        {
            if (await TryServe(destination, cancellation) && await parts.Store.NextAttempt(destination, cancellation) is { } next)
            {
                Again(destination, next);
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception fault)
        {
            LogFault(logger, fault, destination);
            Again(destination, parts.Time.GetUtcNow() + AfterFault);
        }
    }

    /// <returns>False when the destination waits for a place at its site, which calls it then.</returns>
    private async Task<bool> TryServe(string destination, CancellationToken cancellation)
    {
        var settings = Settings();
        var hop = await deliverer.Find(destination, Stopping);
        if (hop.End is { } end)
        {
            await PutAside(hop, attempt => attempt.AllEnd(end, string.Empty), null, null, cancellation);
            return true;
        }

        var visit = sites.Enter(hop.Site, destination, settings.Delivery.ConcurrencyPerSite);
        if (visit.Pause is { } pause)
        {
            await PutAside(hop, attempt => OutcomeRecorder.PutOff(attempt, pause), visit.Site, pause, cancellation);
            return true;
        }

        if (!visit.Entered)
        {
            return false;
        }

        SitePause? begun = null;
        try
        {
            begun = await Visit(hop, visit, settings, cancellation);
        }
        finally
        {
            foreach (var waiting in sites.Leave(visit.Site, settings.Delivery.ConcurrencyPerSite))
            {
                Again(waiting, parts.Time.GetUtcNow());
            }
        }

        if (begun is not null)
        {
            await PutAside(hop, attempt => OutcomeRecorder.PutOff(attempt, begun), visit.Site, begun, cancellation);
        }

        return true;
    }

    /// <returns>The pause that the visit led to, or null.</returns>
    private async Task<SitePause?> Visit(NextHop hop, SiteEntry visit, Settings settings, CancellationToken cancellation)
    {
        var run = new DeliveryRun(parts, settings, hop)
        {
            Stopping = Stopping,
            ShouldEnd = messages => ShouldEnd(visit.Site, messages),
            Ended = (outcomes, peer) => Ended(visit.Site, settings, outcomes, peer),
            FoundMore = () => Again(hop.Destination, parts.Time.GetUtcNow()),
        };
        Visit end;
        try
        {
            if (!await run.Begin(cancellation))
            {
                return null;
            }

            end = await deliverer.Deliver(hop, run, cancellation);
        }
        catch (Exception fault) when (!Stopping.IsCancellationRequested)
        {
            LogFault(logger, fault, hop.Destination);
            end = new Visit(new SendOutcome.Deferred(FaultOfOurs, SendPhase.Route), string.Empty);
        }
        catch
        {
            await run.Close((lease, _) => parts.Store.Release(lease, CancellationToken.None).AsTask());
            throw;
        }

        return await Close(run, hop, visit, settings, end, cancellation);
    }

    private async Task<SitePause?> Close(DeliveryRun run, NextHop hop, SiteEntry visit, Settings settings, Visit end, CancellationToken cancellation)
    {
        if (end.Trouble is { } trouble)
        {
            var why = Attempts.Reply(trouble, end.Peer);
            var begun = sites.Trouble(visit, why, throttling.IsAskedBy(why), parts.Recorder.Plan(settings).Wait);
            if (begun is not null)
            {
                LogLeftAlone(logger, hop.Site, begun.Until, why.Text);
                Attempt Defer(Attempt attempt) => attempt.AllEnd(trouble, end.Peer) with { NotBefore = begun.Until };
                await run.Close((lease, rest) => RecordAll(rest.Select(message => Defer(new Attempt(settings, lease, hop, message)))));

                // All that waits there has the same trouble; it is told in each, so that an operator sees why it waits.
                await PutAside(hop, Defer, visit.Site, begun, cancellation);
                return null;
            }
        }

        var pause = sites.PauseOf(visit.Site);
        await run.Close((lease, rest) => pause is null
            ? parts.Store.Release(lease, CancellationToken.None).AsTask()
            : RecordAll(rest.Select(message => OutcomeRecorder.PutOff(new Attempt(settings, lease, hop, message), pause))));
        return pause;
    }

    private bool ShouldEnd(Site site, int messages)
    {
        if (Stopping.IsCancellationRequested)
        {
            return true;
        }

        var (isPaused, othersWait) = sites.Look(site);
        return isPaused || (messages >= Turn && (othersWait || OthersWait()));
    }

    private void Ended(Site site, Settings settings, IReadOnlyList<SendOutcome> outcomes, string peer)
    {
        foreach (var waiting in sites.Ended(site, outcomes, settings.Delivery.ConcurrencyPerSite))
        {
            Again(waiting, parts.Time.GetUtcNow());
        }

        foreach (var outcome in outcomes)
        {
            if (outcome is SendOutcome.Delivered)
            {
                continue;
            }

            var why = Attempts.Reply(outcome, peer);
            if (throttling.IsAskedBy(why))
            {
                sites.Throttled(site, why, parts.Recorder.Plan(settings).Wait);
                if (sites.PauseOf(site) is { } pause)
                {
                    LogThrottled(logger, site.Name, pause.Until, why.Text);
                }
            }
        }
    }

    // Never cancelled: what happened must be known.
    private Task RecordAll(IEnumerable<Attempt> attempts) => parts.Recorder.Record([.. attempts], CancellationToken.None);

    /// <summary>
    /// Ends all that is due at a destination in the same way, a bounded number at a time; for a pause not beyond its end,
    /// when what was put off until then is due again.
    /// </summary>
    private async Task PutAside(NextHop hop, Func<Attempt, Attempt> end, Site? site, SitePause? pause, CancellationToken cancellation)
    {
        var settings = Settings();
        while (pause is null || parts.Time.GetUtcNow() < pause.Until)
        {
            var claims = await parts.Store.Claim([hop.Destination], PutAsideAtOnce, settings.Delivery.Lease, cancellation);
            if (claims.Count == 0)
            {
                return;
            }

            if (site is not null && (QueueChangedUnseen() || sites.PauseOf(site) is null))
            {
                // Among them may be what an operator wants tried now: the pause is over, or will be in a moment.
                await parts.Store.Release(claims[0].Lease, CancellationToken.None);
                Again(hop.Destination, parts.Time.GetUtcNow() + AfterChange);
                return;
            }

            await RecordAll(claims[0].Messages.Select(message => end(new Attempt(settings, claims[0].Lease, hop, message))));
        }
    }

    private static readonly SendCause FaultOfOurs = new(
        "fault-of-ours", new Smtp.EnhancedStatusCode(4, 3, 0), "this server met a fault of its own, which its log tells; tried again later");

    [LoggerMessage(521, LogLevel.Error, "delivery to {Destination} met a fault; it is tried again")]
    private static partial void LogFault(ILogger logger, Exception fault, string destination);

    [LoggerMessage(522, LogLevel.Information, "the site {Site} is left alone until {Until:u}: {Why}")]
    private static partial void LogLeftAlone(ILogger logger, string site, DateTimeOffset until, string why);

    [LoggerMessage(523, LogLevel.Warning, "the site {Site} asks to slow down and is left alone until {Until:u}: {Why}")]
    private static partial void LogThrottled(ILogger logger, string site, DateTimeOffset until, string why);
}
