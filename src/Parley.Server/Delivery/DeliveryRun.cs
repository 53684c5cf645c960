using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>
/// The work of one visit to a next hop: claims messages as the deliverer asks for them, keeps their lease, and records
/// how each ended. One visit holds one claim at a time, so that memory does not grow with the queue.
/// </summary>
internal sealed class DeliveryRun : IDeliveryItems
{
    // A claim is about a second's work, so that several visits share what waits for one destination, however slowly its
    // server takes mail; where it is fast, few claims do for many messages.
    private const int FirstClaim = 8;
    private const int LargestClaim = 50;

    private readonly VisitParts parts;
    private readonly Settings settings;
    private readonly NextHop hop;
    private readonly Queue<ClaimedMessage> batch = new();
    private Lease lease;
    private LeaseKeeper? keeper;
    private Task recording = Task.CompletedTask;
    private ClaimedMessage? given;
    private int messages;
    private int claimed = FirstClaim;
    private DateTimeOffset claimedAt;

    public DeliveryRun(VisitParts parts, Settings settings, NextHop hop)
    {
        this.parts = parts;
        this.settings = settings;
        this.hop = hop;
    }

    /// <summary>Whether the destination has more than this visit took at once, so that a second visit is worth it.</summary>
    public bool HasMore { get; private set; }

    public required CancellationToken Stopping { get; init; }

    /// <summary>Asked after each message: whether the visit should end, because others wait or the server stops.</summary>
    public required Func<int, bool> ShouldEnd { get; init; }

    /// <summary>Told of the outcomes of each message.</summary>
    public required Action<IReadOnlyList<SendOutcome>, string> Ended { get; init; }

    /// <summary>Told when the destination has more than one claim.</summary>
    public Action FoundMore { get; init; } = static () => { };

    /// <summary>Claims the first messages; false when nothing is due after all.</summary>
    public async ValueTask<bool> Begin(CancellationToken cancellation) => await Claim(cancellation);

    public async ValueTask<ClaimedMessage?> Next(CancellationToken cancellation)
    {
        if (given is not null || ShouldEnd(messages))
        {
            // QUIT ends a connection well: nothing that went over it is in doubt then.
            await recording;
            return null;
        }

        if (keeper is { IsHeld: false })
        {
            // This process slept through the end of its lease: what is left is another one's by now.
            batch.Clear();
        }

        if (batch.Count == 0 && !await Claim(cancellation))
        {
            return null;
        }

        messages++;
        given = batch.Dequeue();
        return given;
    }

    public ValueTask<Stream?> OpenContent(ClaimedMessage message, CancellationToken cancellation) => parts.Store.OpenContent(message.Id, cancellation);

    public async ValueTask End(ClaimedMessage message, IReadOnlyList<SendOutcome> outcomes, string peer)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Count, message.Recipients.Count, nameof(outcomes));
        given = null;
        Ended(outcomes, peer);
        var attempt = new Attempt(settings, lease, hop, message) { Outcomes = outcomes, Peer = peer };

        // The next envelope goes out while this is flushed; its content waits (see Settled), and no more than one is behind.
        var before = recording;
        recording = Record(attempt);
        await before;
    }

    public async ValueTask Settled() => await recording;

    /// <summary>Ends the visit: every record is on disk when it returns, and the lease is no longer kept.</summary>
    /// <param name="forRest">What to do with the messages of the claim that were not told of.</param>
    public async Task Close(Func<Lease, IReadOnlyList<ClaimedMessage>, Task> forRest)
    {
        try
        {
            await recording;
            var rest = given is null ? batch.ToList() : [given, .. batch];
            if (rest.Count > 0 && keeper is { IsHeld: true })
            {
                await forRest(lease, rest);
            }
        }
        finally
        {
            batch.Clear();
            if (keeper is not null)
            {
                await keeper.DisposeAsync();
            }
        }
    }

    private async Task Record(Attempt attempt)
    {
        // Never cancelled: what was delivered must be known, or it is delivered again.
        await parts.Recorder.Record(attempt, CancellationToken.None);
    }

    private async ValueTask<bool> Claim(CancellationToken cancellation)
    {
        await recording;
        if (keeper is not null)
        {
            await keeper.DisposeAsync();
            keeper = null;
        }

        var asked = parts.Time.GetUtcNow();
        if (messages > 0)
        {
            claimed = (int)Math.Clamp(claimed / Math.Max(0.001, (asked - claimedAt).TotalSeconds), FirstClaim, LargestClaim);
        }

        claimedAt = asked;
        var claims = await parts.Store.Claim([hop.Destination], claimed, settings.Delivery.Lease, cancellation);
        if (claims.Count == 0)
        {
            return false;
        }

        lease = claims[0].Lease;
        keeper = new LeaseKeeper(parts.Store, lease, asked, settings.Delivery.Lease, parts.Time);
        var recipients = 0;
        foreach (var message in claims[0].Messages)
        {
            batch.Enqueue(message);
            recipients += message.Recipients.Count;
        }

        if (recipients == claimed)
        {
            HasMore = true;
            FoundMore();
        }

        return true;
    }
}

/// <summary>What every visit works with.</summary>
/// <param name="Store">The queue.</param>
/// <param name="Recorder">Where outcomes go.</param>
/// <param name="Time">The clock.</param>
internal sealed record VisitParts(IQueueStore Store, OutcomeRecorder Recorder, TimeProvider Time);
