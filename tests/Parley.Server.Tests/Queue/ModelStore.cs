using Parley.Server.Queue;

namespace Parley.Server.Tests.Queue;

/// <summary>
/// What a store should do, in the plainest words: lists in memory, every rule of <c>docs/queue-states.md</c> once. The
/// model test runs it beside a real store.
/// </summary>
internal sealed class ModelStore(ManualTime time)
{
    private readonly SortedDictionary<QueueId, Message> messages = [];

    public IEnumerable<QueueId> Ids => messages.Keys.Reverse();

    public IEnumerable<Message> Queued => messages.Values.Where(message => message.IsQueued);

    public StoreCounts Counts => new()
    {
        Messages = messages.Count,
        Octets = messages.Values.Sum(message => message.Size),
        Queued = Queued.Count(),
        Waiting = In(RecipientState.Waiting),
        Active = In(RecipientState.Active),
        Deferred = In(RecipientState.Deferred),
        Held = In(RecipientState.Held),
    };

    public void Enqueue(NewMessage stored)
    {
        var message = new Message(stored.Id, stored.Size) { Rests = stored.Envelope.Recipients.Any(recipient => recipient.Destination is null) };
        foreach (var (recipient, number) in stored.Envelope.Recipients.Select((recipient, number) => (recipient, number)))
        {
            if (recipient.Destination is not null)
            {
                message.Recipients.Add(new Recipient(number, recipient.Destination) { NextAt = stored.ReceivedAt });
            }
        }

        messages.Add(stored.Id, message);
    }

    public DeleteResult Delete(QueueId id)
    {
        if (!messages.TryGetValue(id, out var message))
        {
            return DeleteResult.NotFound;
        }

        return message.IsQueued ? DeleteResult.StillQueued : messages.Remove(id) ? DeleteResult.Deleted : DeleteResult.NotFound;
    }

    public List<(QueueId, int)> Claim(string destination, int limit, TimeSpan duration, Func<Lease> lease)
    {
        var due = Open()
            .Where(open => open.Recipient.Destination == destination && open.Recipient.State != RecipientState.Held && open.Recipient.NextAt <= time.Now)
            .OrderBy(open => open.Recipient.NextAt).ThenBy(open => open.Message.Id).ThenBy(open => open.Recipient.Number)
            .Take(limit).ToList();
        foreach (var (_, recipient) in due)
        {
            recipient.State = RecipientState.Active;
            recipient.NextAt = time.Now + duration;
            recipient.Lease = lease();
        }

        return [.. due.Select(open => (open.Message.Id, open.Recipient.Number))];
    }

    public bool Extend(Lease lease, TimeSpan duration)
    {
        var under = Open().Where(open => open.Recipient.Lease == lease).ToList();
        under.ForEach(open => open.Recipient.NextAt = time.Now + duration);
        return under.Count > 0;
    }

    public void Release(Lease? lease)
    {
        foreach (var (_, recipient) in Open().Where(open => open.Recipient.Lease is { } held && (lease is null || held == lease)))
        {
            recipient.GiveBack(time.Now);
        }
    }

    public RecordResult Record(Lease lease, IReadOnlyList<Outcome> outcomes, NewMessage? report)
    {
        var whole = outcomes.All(outcome => Stands(lease, outcome));
        if (whole && report is not null)
        {
            Enqueue(report);
        }

        foreach (var outcome in outcomes.Where(outcome => Stands(lease, outcome) && (whole || outcome is not Outcome.Failed)).ToList())
        {
            var message = messages[outcome.Message];
            var recipient = message.Recipients.Single(recipient => recipient.Number == outcome.Recipient);
            recipient.Attempts += outcome is Outcome.Deferred { Untried: true } ? 0 : 1;
            recipient.Lease = null;
            recipient.State = outcome switch
            {
                Outcome.Delivered => RecipientState.Delivered,
                Outcome.Failed => RecipientState.Failed,
                _ when recipient.Attempts == 0 => RecipientState.Waiting,
                _ => RecipientState.Deferred,
            };
            recipient.NextAt = (outcome as Outcome.Deferred)?.NextAttempt ?? default;
            Leave(message);
        }

        return whole ? RecordResult.Recorded : RecordResult.LeaseLost;
    }

    public bool Change(QueueId id, QueueChange change)
    {
        if (!messages.TryGetValue(id, out var message) || !message.IsQueued)
        {
            return false;
        }

        foreach (var recipient in message.Unfinished.ToList())
        {
            switch (change)
            {
                case QueueChange.Retry when recipient.State is RecipientState.Waiting or RecipientState.Deferred:
                    recipient.NextAt = time.Now;
                    break;
                case QueueChange.Hold:
                    recipient.State = RecipientState.Held;
                    recipient.Lease = null;
                    break;
                case QueueChange.Release when recipient.State == RecipientState.Held:
                    recipient.GiveBack(time.Now);
                    break;
                case QueueChange.Remove:
                    recipient.State = RecipientState.Failed;
                    break;
                default:
                    break;
            }
        }

        Leave(message);
        return true;
    }

    public List<DestinationHead> Destinations() =>
        [.. Open().Where(open => open.Recipient.State != RecipientState.Held)
            .GroupBy(open => open.Recipient.Destination, open => open.Recipient.NextAt, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new DestinationHead(group.Key, group.Min()))];

    private IEnumerable<(Message Message, Recipient Recipient)> Open() =>
        messages.Values.SelectMany(message => message.Unfinished.Select(recipient => (message, recipient)));

    private long In(RecipientState state) => Open().Count(open => open.Recipient.State == state);

    private bool Stands(Lease lease, Outcome outcome)
    {
        var recipient = messages.GetValueOrDefault(outcome.Message)?.Unfinished.SingleOrDefault(recipient => recipient.Number == outcome.Recipient);
        return recipient is not null && (recipient.Lease == lease || outcome is Outcome.Delivered);
    }

    private void Leave(Message message)
    {
        if (message.IsQueued)
        {
            return;
        }

        message.Recipients.Clear();
        if (!message.Rests)
        {
            messages.Remove(message.Id);
        }
    }

    internal sealed record Message(QueueId Id, long Size)
    {
        public bool Rests { get; init; }

        public List<Recipient> Recipients { get; } = [];

        public IEnumerable<Recipient> Unfinished => Recipients.Where(recipient => recipient.State < RecipientState.Delivered);

        public bool IsQueued => Unfinished.Any();
    }

    internal sealed record Recipient(int Number, string Destination)
    {
        public RecipientState State { get; set; }

        public DateTimeOffset NextAt { get; set; }

        public int Attempts { get; set; }

        public Lease? Lease { get; set; }

        public void GiveBack(DateTimeOffset now)
        {
            State = Attempts == 0 ? RecipientState.Waiting : RecipientState.Deferred;
            NextAt = now;
            Lease = null;
        }
    }
}
