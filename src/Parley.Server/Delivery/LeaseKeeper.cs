using Parley.Server.Queue;

namespace Parley.Server.Delivery;

/// <summary>
/// Keeps one lease alive while its work goes on, and knows until when it surely is: a process that was stopped for
/// longer than that must not go on with work that is another one's by now.
/// </summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly IQueueStore store;
    private readonly Lease lease;
    private readonly TimeSpan duration;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ended = new();
    private readonly Task extending;
    private long heldUntil; // UTC ticks

    /// <summary>Begins to keep a lease.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="claimedAt">A moment before it was asked for.</param>
    /// <param name="duration">How long it lasts.</param>
    /// <param name="time">The clock that the store uses.</param>
    public LeaseKeeper(IQueueStore store, Lease lease, DateTimeOffset claimedAt, TimeSpan duration, TimeProvider time)
    {
        this.store = store;
        this.lease = lease;
        this.duration = duration;
        this.time = time;
        heldUntil = (claimedAt + duration).UtcTicks;
        extending = Extend();
    }

    /// <summary>Whether the lease is surely ours at this moment.</summary>
    public bool IsHeld => time.GetUtcNow().UtcTicks < Volatile.Read(ref heldUntil);

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await extending;
        ended.Dispose();
    }

    private async Task Extend()
    {
        try
        {
            while (true)
            {
                await Task.Delay(duration / 3, time, ended.Token);
                var asked = time.GetUtcNow();
                if (!await store.Extend(lease, duration, ended.Token))
                {
                    return;
                }

                Volatile.Write(ref heldUntil, (asked + duration).UtcTicks);
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
        catch (IOException)
        {
            // The store is in trouble; the lease ends by itself, and IsHeld says so.
        }
    }
}
