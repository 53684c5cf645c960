using System.Diagnostics.Metrics;
using Parley.Server.Queue;

namespace Parley.Server.Delivery;

/// <summary>The metric <c>parley_queue_recipients{state}</c>, from figures that the store keeps.</summary>
internal sealed class QueueGauge : IDisposable
{
    private readonly Meter meter = new("Parley.Queue");

    public QueueGauge(IQueueStore store)
    {
        meter.CreateObservableGauge("parley_queue_recipients", () => Measure(store), unit: null, "Recipients in the queue, by state.");
    }

    public void Dispose() => meter.Dispose();

    private static Measurement<long>[] Measure(IQueueStore store)
    {
        // An instrument must answer at once; the store does, from one row.
        var counts = Task.Run(async () => await store.Count(CancellationToken.None)).GetAwaiter().GetResult();
        return
        [
            Of(counts.Waiting, "waiting"),
            Of(counts.Active, "active"),
            Of(counts.Deferred, "deferred"),
            Of(counts.Held, "held"),
        ];
    }

    private static Measurement<long> Of(long count, string state) => new(count, new KeyValuePair<string, object?>("state", state));
}
