using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Parley.LoadClient;

/// <summary>A whole run: the sessions, what they share, and the report at the end.</summary>
public sealed class LoadRun
{
    private readonly ConcurrentDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private long _failed;

    private LoadRun(LoadOptions options, MessageContent content, WorkBudget budget)
    {
        Options = options;
        Content = content;
        Budget = budget;
    }

    internal LoadOptions Options { get; }

    internal MessageContent Content { get; }

    internal WorkBudget Budget { get; }

    internal LatencyHistogram Latencies { get; } = new();

    public static async Task<LoadReport> RunAsync(LoadOptions options, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.Limit);
        var content = MessageContent.Create(options);
        var warmUp = 0L;
        if (options.WarmUp > TimeSpan.Zero)
        {
            var report = await new LoadRun(options, content, new WorkBudget(null, options.WarmUp)).DriveAsync(limit.Token);
            warmUp = report.Done;
        }

        var measured = await new LoadRun(options, content, new WorkBudget(options.Count, options.Duration)).DriveAsync(limit.Token);
        return measured with { DoneWarmingUp = warmUp };
    }

    internal void Fail(Exception fault, int units)
    {
        Interlocked.Add(ref _failed, units);
        var what = fault is OperationCanceledException ? "the limit was reached" : fault.Message;
        _failures.AddOrUpdate(what, 1, static (_, seen) => seen + 1);
    }

    /// <summary>127.0.0.1 and its successors, one after the other.</summary>
    internal static IPAddress SourceOf(int session, int sources)
    {
        var offset = session % sources;
        return new IPAddress([127, 0, (byte)(offset / 250), (byte)((offset % 250) + 1)]);
    }

    private async Task<LoadReport> DriveAsync(CancellationToken cancel)
    {
        var sessions = Enumerable.Range(0, Options.Sessions)
            .Select(i => new LoadSession(this, SourceOf(i, Options.Sources), cancel))
            .ToArray();
        await Task.WhenAll(sessions.Select(session => session.PrepareAsync()));
        var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        Budget.Start();
        await Task.WhenAll(sessions.Select(session => session.RunAsync()));
        var seconds = Budget.Elapsed.TotalSeconds;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        return Report(seconds, cpu, cancel.IsCancellationRequested);
    }

    private LoadReport Report(double seconds, TimeSpan cpu, bool limitReached) => new()
    {
        Done = Latencies.Count,
        DoneWarmingUp = 0,
        Failed = _failed,
        Seconds = seconds,
        PerSecond = Latencies.Count / seconds,
        P50 = Latencies.PercentileMilliseconds(0.50),
        P90 = Latencies.PercentileMilliseconds(0.90),
        P99 = Latencies.PercentileMilliseconds(0.99),
        Max = Latencies.MaxMilliseconds,
        AtLeast38Milliseconds = Latencies.CountAtLeast(38),
        ClientCpuSeconds = cpu.TotalSeconds,
        LimitReached = limitReached,
        Failures = _failures.OrderByDescending(failure => failure.Value).Take(10)
            .ToDictionary(failure => failure.Key, failure => failure.Value, StringComparer.Ordinal),
    };
}
