using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Server.Reports;

namespace Parley.Server.Delivery;

/// <summary>What delivery is made of.</summary>
/// <param name="Store">The queue.</param>
/// <param name="Deliverer">The ways out.</param>
/// <param name="Time">The clock; the store uses the same.</param>
/// <param name="Loggers">Where faults are told.</param>
public sealed record ManagerParts(IQueueStore Store, IDeliverer Deliverer, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>A number from 0 to 1, for jitter.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Most destinations that are held in memory with their times.</summary>
    public int MostDestinations { get; init; } = 100_000;

    /// <summary>Most visits to all sites at one time.</summary>
    public int MostVisits { get; init; } = 1000;
}

/// <summary>
/// Takes what is due out of the queue and brings it on its way. It knows the soonest destinations and asks the store for
/// the others when their time comes, so that its memory does not grow with the queue. Several of them may work on one
/// store: leases keep them apart.
/// </summary>
public sealed partial class QueueManager : IAsyncDisposable
{
    private const int SweepPage = 1000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);

    private readonly ManagerParts parts;
    private readonly ILogger logger;
    private readonly OutcomeRecorder recorder;
    private readonly Sites sites;
    private readonly Visitor visitor;
    private readonly QueueGauge gauge;
    private readonly Lock gate = new();
    private readonly Schedule schedule;
    private readonly HashSet<Task> visits = [];
    private readonly Dictionary<string, int> served = new(StringComparer.Ordinal);
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource stop = new();
    private volatile Settings settings;
    private volatile bool othersWait;
    private Task loop = Task.CompletedTask;
    private string? sweepAfter = string.Empty; // null when all destinations have been read
    private long foreignChanges;
    private DateTimeOffset looked;
    private DateTimeOffset tidied;

    /// <summary>A manager that rests until <see cref="Start"/>.</summary>
    public QueueManager(ManagerParts parts, Settings settings)
    {
        ArgumentNullException.ThrowIfNull(parts);
        this.parts = parts;
        this.settings = settings;
        logger = parts.Loggers.CreateLogger<QueueManager>();
        schedule = new Schedule(parts.MostDestinations);
        sites = new Sites(parts.Time);
        gauge = new QueueGauge(parts.Store);
        recorder = new OutcomeRecorder(parts.Store, new DeliveryStatus(parts.Store, parts.Time, parts.Loggers.CreateLogger<DeliveryStatus>()), parts.Time, parts.Random, logger)
        {
            Stored = Enqueued,
            EndNow = stop.Token,
        };
        visitor = new Visitor(new VisitParts(parts.Store, recorder, parts.Time), parts.Deliverer, sites, logger)
        {
            Settings = () => this.settings,
            Stopping = stopping.Token,
            OthersWait = () => othersWait,
            Again = Again,
            QueueChangedUnseen = () => parts.Store.ForeignChanges != Volatile.Read(ref foreignChanges),
        };
    }

    /// <summary>The configuration in force; a reload sets another.</summary>
    public Settings Settings
    {
        get => settings;
        set => settings = value;
    }

    /// <summary>Begins to deliver what is due.</summary>
    public void Start() => loop = Task.Run(Run);

    /// <summary>Something new is in the queue; it goes out at once. Costs its caller next to nothing.</summary>
    public void Enqueued(NewMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string? last = null;
        foreach (var recipient in message.Envelope.Recipients)
        {
            if (recipient.Destination is { } destination && !string.Equals(destination, last, StringComparison.Ordinal))
            {
                last = destination;
                Again(destination, message.ReceivedAt);
            }
        }
    }

    /// <summary>An operator changed the queue through the same store: all destinations are looked at anew, paused ones too.</summary>
    public void QueueChanged()
    {
        var changes = parts.Store.ForeignChanges;
        sites.ResumeAll();
        lock (gate)
        {
            BeginSweep();
        }

        Volatile.Write(ref foreignChanges, changes); // the pauses are over by now
        Wake();
    }

    /// <summary>Takes up no more work, lets visits finish a message that is on its way within the grace, then ends them.</summary>
    public async Task Stop(TimeSpan grace)
    {
        await stopping.CancelAsync();
        Wake();
        await loop;
        var rest = Task.WhenAll(Visits());
        await Task.WhenAny(rest, Task.Delay(grace, parts.Time));
        await stop.CancelAsync();
        await rest;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop(TimeSpan.Zero);
        recorder.Dispose();
        gauge.Dispose();
        stopping.Dispose();
        stop.Dispose();
    }

    private Task[] Visits()
    {
        lock (gate)
        {
            return [.. visits];
        }
    }

    private void Again(string destination, DateTimeOffset at)
    {
        bool isFirst;
        lock (gate)
        {
            // A visit that is under way takes what comes meanwhile; whether one more is worth it is asked once for all
            // that comes in a moment, not for each message.
            var soonest = served.ContainsKey(destination) ? parts.Time.GetUtcNow() + Moment : at;
            isFirst = schedule.Add(destination, at < soonest ? soonest : at);
        }

        if (isFirst)
        {
            Wake();
        }
    }

    private void Wake() => wake.Writer.TryWrite(true);

    private async Task Run()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                LookAround();
                await SweepOnce();
                StartDue();
                await Rest(Until(), parts.Time);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                LogFault(logger, fault);
                await Rest(AfterFault, parts.Time);
            }
        }
    }

    /// <summary>Somebody else changed the queue: the heads of the destinations are read again.</summary>
    private void LookAround()
    {
        var now = parts.Time.GetUtcNow();
        if (parts.Store.ForeignChanges != Volatile.Read(ref foreignChanges) && now - looked >= Look)
        {
            // Not more often: beside another manager there is always a change.
            looked = now;
            QueueChanged();
        }

        if (now - tidied > TidyEvery)
        {
            tidied = now;
            sites.Tidy();
        }
    }

    private void BeginSweep()
    {
        schedule.BeginSweep();
        sweepAfter = string.Empty;
    }

    /// <summary>Reads one page of destinations, if there are some to read.</summary>
    private async Task SweepOnce()
    {
        string? after;
        lock (gate)
        {
            // What did not fit into memory is asked for when its time comes, and when there is room again.
            if (sweepAfter is null && schedule.Forgotten <= parts.Time.GetUtcNow() && schedule.Count <= parts.MostDestinations / 2)
            {
                BeginSweep();
            }

            after = sweepAfter;
        }

        if (after is null)
        {
            return;
        }

        var heads = await parts.Store.Destinations(after, SweepPage, stop.Token);
        lock (gate)
        {
            foreach (var head in heads)
            {
                schedule.Add(head.Destination, head.NextAttempt);
            }

            // Unless a new sweep began meanwhile.
            if (string.Equals(sweepAfter, after, StringComparison.Ordinal))
            {
                sweepAfter = heads.Count == SweepPage ? heads[^1].Destination : null;
            }
        }
    }

    private void StartDue()
    {
        lock (gate)
        {
            while (visits.Count < parts.MostVisits && schedule.Take(parts.Time.GetUtcNow()) is { } destination)
            {
                var visit = Task.Run(() => visitor.Serve(destination, stop.Token));
                visits.Add(visit);
                served[destination] = served.GetValueOrDefault(destination) + 1;
                _ = visit.ContinueWith(ended => Ended(ended, destination), TaskScheduler.Default);
            }

            othersWait = visits.Count >= parts.MostVisits && schedule.First <= parts.Time.GetUtcNow();
        }
    }

    private void Ended(Task visit, string destination)
    {
        lock (gate)
        {
            visits.Remove(visit);
            if (--served[destination] == 0)
            {
                served.Remove(destination);
            }
        }

        Wake();
    }

    /// <summary>How long nothing is to be done, if nobody wakes us.</summary>
    private TimeSpan Until()
    {
        lock (gate)
        {
            if (sweepAfter is not null)
            {
                return TimeSpan.Zero;
            }

            if (visits.Count >= parts.MostVisits || schedule.First is not { } first)
            {
                return Look;
            }

            var wait = first - parts.Time.GetUtcNow();
            return wait < Look ? wait : Look;
        }
    }

    private async Task Rest(TimeSpan duration, TimeProvider time)
    {
        if (duration <= TimeSpan.Zero && !stopping.IsCancellationRequested)
        {
            wake.Reader.TryRead(out _);
            return;
        }

        using var timer = new CancellationTokenSource(duration, time);
        try
        {
            await wake.Reader.ReadAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look again.
        }
    }

    [LoggerMessage(511, LogLevel.Error, "the queue could not be read; tried again in 10 seconds")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
