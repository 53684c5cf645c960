namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>The writer's statements on recipients under a lease: claim, extend, release, record.</summary>
internal sealed class LeaseWrites : IDisposable
{
    private readonly WriteBatch batch;
    private readonly MessageWrites messages;
    private readonly QueueIdSource names;
    private readonly Statement due;
    private readonly Statement envelope;
    private readonly Statement take;
    private readonly Statement extend;
    private readonly Statement untry;
    private readonly Statement defer;
    private readonly Statement leases;
    private readonly Statement place;
    private readonly Statement deferred;
    private readonly Statement ended;

    public LeaseWrites(Database database, WriteBatch batch, MessageWrites messages, QueueIdSource names)
    {
        this.batch = batch;
        this.messages = messages;
        this.names = names;
        due = database.Prepare(
            $"SELECT {Rows.RecipientColumns} FROM recipient WHERE state<3 AND destination=? AND next_at<=? ORDER BY next_at, message, number LIMIT ?");
        envelope = database.Prepare($"SELECT {Rows.MessageColumns} FROM message WHERE id=?");
        take = database.Prepare("UPDATE recipient SET state=1, next_at=?, lease=? WHERE message=? AND number=?");
        extend = database.Prepare("UPDATE recipient SET next_at=? WHERE lease=?");
        untry = database.Prepare("UPDATE recipient SET state=0, next_at=?, lease=NULL WHERE lease=? AND attempts=0");
        defer = database.Prepare("UPDATE recipient SET state=2, next_at=?, lease=NULL WHERE lease=?");
        leases = database.Prepare("SELECT DISTINCT lease FROM recipient WHERE lease IS NOT NULL");
        place = database.Prepare("SELECT state, lease, attempts FROM recipient WHERE message=? AND number=?");
        deferred = database.Prepare(
            "UPDATE recipient SET reply_code=?, reply_enhanced=?, reply_text=?, reply_peer=?, state=?, lease=NULL, attempts=attempts+?, next_at=?, flags=flags|? WHERE message=? AND number=?");
        ended = database.Prepare(
            "UPDATE recipient SET reply_code=?, reply_enhanced=?, reply_text=?, reply_peer=?, state=?, lease=NULL, attempts=attempts+1, next_at=0 WHERE message=? AND number=?");
    }

    public IReadOnlyList<Claim> Claim(IReadOnlyList<string> destinations, int recipients, TimeSpan duration)
    {
        var claims = new List<Claim>(destinations.Count);
        foreach (var destination in destinations)
        {
            var rows = Due(destination, recipients);
            if (rows.Count == 0)
            {
                continue;
            }

            var lease = new Lease(names.Next().Value);
            foreach (var (message, row) in rows)
            {
                take.Start().Bind(batch.After(duration)).Bind(lease.Number).Bind(message).Bind(row.Number).Run();
                batch.Totals.Move(row.State, RecipientState.Active);
            }

            claims.Add(new Claim(lease, destination, [.. rows.GroupBy(row => row.Message, row => row.Recipient).Select(Message)]));
        }

        return claims;
    }

    public bool Extend(Lease lease, TimeSpan duration) =>
        extend.Start().Bind(batch.After(duration)).Bind(lease.Number).Run() > 0;

    /// <summary>Gives back what is under a lease: waiting where it was never tried, deferred where it was.</summary>
    /// <returns>How many recipients they were.</returns>
    public int Release(Lease lease)
    {
        var waiting = untry.Start().Bind(batch.Now).Bind(lease.Number).Run();
        var later = defer.Start().Bind(batch.Now).Bind(lease.Number).Run();
        batch.Totals.Add(RecipientState.Active, -(waiting + later));
        batch.Totals.Add(RecipientState.Waiting, waiting);
        batch.Totals.Add(RecipientState.Deferred, later);
        return waiting + later;
    }

    /// <summary>Gives back what a server that is no more had claimed.</summary>
    /// <returns>How many recipients they were.</returns>
    public int ReleaseAll()
    {
        var stale = new List<long>();
        leases.Start();
        while (leases.Step())
        {
            stale.Add(leases.Int64(0));
        }

        return stale.Sum(number => Release(new Lease(number)));
    }

    public RecordResult Record(Lease lease, IReadOnlyList<Outcome> outcomes, NewMessage? report)
    {
        var held = new (RecipientState State, int Attempts)?[outcomes.Count];
        var whole = true;
        for (var i = 0; i < held.Length; i++)
        {
            held[i] = Place(lease, outcomes[i]);
            whole &= held[i] is not null;
        }

        if (whole && report is not null && messages.Enqueue(report) == EnqueueResult.NoRoom)
        {
            return RecordResult.NoRoom;
        }

        for (var i = 0; i < held.Length; i++)
        {
            // A failure without its report would be lost on the sender, so it waits for whoever takes over.
            var dropped = held[i] is null || (!whole && outcomes[i] is Outcome.Failed);
            if (!dropped)
            {
                Apply(outcomes[i], held[i]!.Value);
            }
        }

        return whole ? RecordResult.Recorded : RecordResult.LeaseLost;
    }

    public void Dispose()
    {
        Statement[] all = [due, envelope, take, extend, untry, defer, leases, place, deferred, ended];
        Array.ForEach(all, statement => statement.Dispose());
    }

    private List<(long Message, QueueRecipient Recipient)> Due(string destination, int limit)
    {
        var rows = new List<(long, QueueRecipient)>();
        due.Start().Bind(destination).Bind(batch.Now).Bind(limit);
        while (due.Step())
        {
            rows.Add((due.Int64(0), Rows.Recipient(due, 0)));
        }

        return rows;
    }

    private ClaimedMessage Message(IGrouping<long, QueueRecipient> rows)
    {
        envelope.Start().Bind(rows.Key).Step();
        var message = new ClaimedMessage(
            new QueueId(rows.Key),
            Rows.Envelope(envelope, [.. rows.Select(row => row.Recipient)]),
            Rows.Time(envelope.Int64(1)),
            envelope.Int64(2),
            [.. rows.Select(row => new ClaimedRecipient(row.Number, row.Recipient, row.Attempts, row.DelayReported))]);
        envelope.Stop();
        return message;
    }

    /// <summary>The state that an outcome would move its recipient from; null when it may not move it any more.</summary>
    private (RecipientState State, int Attempts)? Place(Lease lease, Outcome outcome)
    {
        if (!place.Start().Bind(outcome.Message.Value).Bind(outcome.Recipient).Step())
        {
            return null;
        }

        var state = (RecipientState)place.Int32(0);
        var ours = state == RecipientState.Active && place.Int64(1) == lease.Number;
        var attempts = place.Int32(2);
        place.Stop();

        // Delivered is a fact, whoever holds the lease by now: to forget it would deliver a second time.
        var stands = ours || (outcome is Outcome.Delivered && state < RecipientState.Delivered);
        return stands ? (state, attempts) : null;
    }

    private void Apply(Outcome outcome, (RecipientState State, int Attempts) from)
    {
        if (outcome is Outcome.Deferred again)
        {
            var to = again.Untried && from.Attempts == 0 ? RecipientState.Waiting : RecipientState.Deferred;
            batch.Totals.Move(from.State, to);
            Reply(deferred, outcome.Reply)
                .Bind((long)to)
                .Bind(again.Untried ? 0 : 1)
                .Bind(Rows.Milliseconds(again.NextAttempt))
                .Bind(again.DelayReported ? Rows.DelayReported : 0)
                .Bind(outcome.Message.Value)
                .Bind(outcome.Recipient)
                .Run();
            return;
        }

        batch.Totals.Add(from.State, -1);
        if (!messages.EndRecipient(outcome.Message.Value))
        {
            Reply(ended, outcome.Reply)
                .Bind((long)(outcome is Outcome.Delivered ? RecipientState.Delivered : RecipientState.Failed))
                .Bind(outcome.Message.Value)
                .Bind(outcome.Recipient)
                .Run();
        }
    }

    private static Statement Reply(Statement statement, AttemptReply reply) =>
        statement.Start().Bind(reply.Code).Bind(reply.Enhanced).Bind(reply.Text).Bind(reply.Peer);
}
