namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>The writer's statements for what an operator does to an entry: retry, hold, release, remove.</summary>
internal sealed class EntryWrites : IDisposable
{
    private readonly WriteBatch batch;
    private readonly MessageWrites messages;
    private readonly Statement unfinished;
    private readonly Statement move;
    private readonly List<(int Number, RecipientState State, int Attempts)> found = [];

    public EntryWrites(Database database, WriteBatch batch, MessageWrites messages)
    {
        this.batch = batch;
        this.messages = messages;
        unfinished = database.Prepare("SELECT number, state, attempts FROM recipient WHERE message=? AND state<4");
        move = database.Prepare("UPDATE recipient SET state=?, next_at=?, lease=NULL WHERE message=? AND number=?");
    }

    /// <summary>Changes an entry; false when there is none of this name.</summary>
    public bool Change(QueueId id, QueueChange change)
    {
        Find(id);
        if (found.Count == 0)
        {
            return false;
        }

        if (change == QueueChange.Remove)
        {
            found.ForEach(recipient => batch.Totals.Add(recipient.State, -1));
            messages.EndEntry(id.Value);
            return true;
        }

        foreach (var (number, state, attempts) in found)
        {
            if (Next(state, attempts, change) is { } next)
            {
                batch.Totals.Move(state, next);
                move.Start().Bind((long)next).Bind(next == RecipientState.Held ? 0 : batch.Now).Bind(id.Value).Bind(number).Run();
            }
        }

        return true;
    }

    public void Dispose()
    {
        unfinished.Dispose();
        move.Dispose();
    }

    /// <summary>Where a change moves a recipient; null where it leaves it alone.</summary>
    private static RecipientState? Next(RecipientState state, int attempts, QueueChange change) => (state, change) switch
    {
        (RecipientState.Waiting or RecipientState.Deferred, QueueChange.Retry) => state,
        (RecipientState.Waiting or RecipientState.Deferred or RecipientState.Active, QueueChange.Hold) => RecipientState.Held,
        (RecipientState.Held, QueueChange.Release) => attempts == 0 ? RecipientState.Waiting : RecipientState.Deferred,
        _ => null,
    };

    private void Find(QueueId id)
    {
        found.Clear();
        unfinished.Start().Bind(id.Value);
        while (unfinished.Step())
        {
            found.Add((unfinished.Int32(0), (RecipientState)unfinished.Int32(1), unfinished.Int32(2)));
        }
    }
}
