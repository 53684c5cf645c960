namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>The writer's statements on messages and their contents.</summary>
internal sealed unsafe class MessageWrites : IDisposable
{
    private const int PruneStep = 256;

    private readonly WriteBatch batch;
    private readonly Statement insertMessage;
    private readonly Statement insertContent;
    private readonly Statement insertRecipient;
    private readonly Statement deleteMessage;
    private readonly Statement deleteContent;
    private readonly Statement deleteRecipients;
    private readonly Statement pending;
    private readonly Statement endRecipient;
    private readonly Statement endEntry;
    private readonly Statement oldestResting;
    private readonly Statement totals;
    private readonly Statement addTotals;
    private readonly List<long> pruned = new(PruneStep);
    private long pruneAfter;

    public MessageWrites(Database database, WriteBatch batch)
    {
        this.batch = batch;
        insertMessage = database.Prepare($"INSERT INTO message({Rows.MessageColumns}, file) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)");
        insertContent = database.Prepare("INSERT INTO content(id, trace, body) VALUES(?,?,?)");
        insertRecipient = database.Prepare(
            "INSERT INTO recipient(message, number, state, next_at, attempts, flags, destination, address, given, original) VALUES(?,?,0,?,0,?,?,?,?,?)");
        deleteMessage = database.Prepare("DELETE FROM message WHERE id=? RETURNING size, file");
        deleteContent = database.Prepare("DELETE FROM content WHERE id=?");
        deleteRecipients = database.Prepare("DELETE FROM recipient WHERE message=?");
        pending = database.Prepare("SELECT pending FROM message WHERE id=?");
        endRecipient = database.Prepare("UPDATE message SET pending=pending-1 WHERE id=? RETURNING pending, rests IS NULL");
        endEntry = database.Prepare("UPDATE message SET pending=0 WHERE id=? RETURNING pending, rests IS NULL");
        oldestResting = database.Prepare("SELECT id FROM message WHERE id>? AND pending=0 ORDER BY id LIMIT ?");
        totals = database.Prepare("SELECT messages, octets FROM totals");
        addTotals = database.Prepare(
            "UPDATE totals SET messages=messages+?, octets=octets+?, queued=queued+?, waiting=waiting+?, active=active+?, deferred=deferred+?, held=held+?");
    }

    /// <summary>Writes a message with its content and the recipients that are to be delivered.</summary>
    public EnqueueResult Enqueue(NewMessage message)
    {
        if (!batch.TakeRoom(message))
        {
            return EnqueueResult.NoRoom;
        }

        var id = message.Id.Value;
        var queued = InsertRecipients(message);
        var envelope = message.Envelope;
        insertMessage.Start()
            .Bind(id)
            .Bind(Rows.Milliseconds(message.ReceivedAt))
            .Bind(message.Size)
            .Bind(queued)
            .Bind(Rows.Flags(envelope))
            .Bind(envelope.Sender.ToString())
            .Bind(Rows.Given(envelope))
            .Bind(Rows.Rests(envelope))
            .Bind(message.Subject)
            .Bind(message.Session)
            .Bind(envelope.EnvelopeId)
            .Bind(envelope.User)
            .Bind(message.Content.File?.Name)
            .Run();
        InsertContent(message);

        batch.Totals.Messages++;
        batch.Totals.Octets += message.Size;
        batch.Totals.Queued += queued > 0 ? 1 : 0;
        batch.Totals.Waiting += queued;
        return EnqueueResult.Stored;
    }

    public DeleteResult Delete(QueueId id)
    {
        if (!pending.Start().Bind(id.Value).Step())
        {
            return DeleteResult.NotFound;
        }

        var queued = pending.Int64(0) > 0;
        pending.Stop();
        if (queued)
        {
            return DeleteResult.StillQueued;
        }

        Drop(id.Value);
        return DeleteResult.Deleted;
    }

    /// <summary>
    /// One recipient of a message is delivered or failed. After the last one the message leaves the queue: it stays
    /// where it rests, and else it is gone.
    /// </summary>
    /// <returns>Whether it was the last.</returns>
    public bool EndRecipient(long id) => Leave(endRecipient, id);

    /// <summary>All recipients of a message are given up at once.</summary>
    public void EndEntry(long id) => Leave(endEntry, id);

    /// <summary>Pruning may have passed over messages that were queued then; it looks at them again.</summary>
    public void PruneFromOldest() => pruneAfter = 0;

    private bool Leave(Statement count, long id)
    {
        count.Start().Bind(id).Step();
        var last = count.Int64(0) == 0;
        var restsNowhere = count.Int64(1) != 0;
        count.Stop();
        if (!last)
        {
            return false;
        }

        batch.Totals.Queued--;
        deleteRecipients.Start().Bind(id).Run();
        if (restsNowhere)
        {
            Drop(id);
        }
        PruneFromOldest();
        return true;
    }

    private void Drop(long id)
    {
        if (!deleteMessage.Start().Bind(id).Step())
        {
            return;
        }

        batch.Totals.Messages--;
        batch.Totals.Octets -= deleteMessage.Int64(0);
        if (deleteMessage.TextOrNull(1) is { } file)
        {
            batch.DroppedFiles.Add(file);
        }

        deleteMessage.Stop();
        deleteContent.Start().Bind(id).Run();
    }

    /// <summary>Deletes the oldest messages that rest until no more are left than are to be kept.</summary>
    public void Prune(Retention keep)
    {
        totals.Start().Step();
        var messages = totals.Int64(0) + batch.Totals.Messages;
        var octets = totals.Int64(1) + batch.Totals.Octets;
        totals.Stop();
        var messagesOver = messages - keep.Messages;
        var octetsOver = octets - keep.Octets;
        while ((messagesOver > 0 || octetsOver > 0) && messages > 1)
        {
            // One at a time where octets decide, as only the deletion tells how many they were.
            var step = octetsOver > 0 ? 1 : (int)Math.Min(messagesOver, PruneStep);
            var before = batch.Totals;
            if (!PruneOldest(step))
            {
                return;
            }

            var gone = before.Messages - batch.Totals.Messages;
            messages -= gone;
            messagesOver -= gone;
            octetsOver += batch.Totals.Octets - before.Octets;
        }
    }

    /// <summary>Writes the figures that the transaction changes, or always, so that something is written.</summary>
    public void WriteTotals(bool always)
    {
        if (batch.Totals.IsZero && !always)
        {
            return;
        }

        var add = batch.Totals;
        addTotals.Start().Bind(add.Messages).Bind(add.Octets).Bind(add.Queued)
            .Bind(add.Waiting).Bind(add.Active).Bind(add.Deferred).Bind(add.Held).Run();
    }

    public void Dispose()
    {
        Statement[] all = [insertMessage, insertContent, insertRecipient, deleteMessage, deleteContent, deleteRecipients, pending, endRecipient, endEntry, oldestResting, totals, addTotals];
        Array.ForEach(all, statement => statement.Dispose());
    }

    private bool PruneOldest(int count)
    {
        pruned.Clear();
        oldestResting.Start().Bind(pruneAfter).Bind(count);
        while (oldestResting.Step())
        {
            pruned.Add(oldestResting.Int64(0));
        }

        foreach (var id in pruned)
        {
            Drop(id);
            pruneAfter = id;
        }

        return pruned.Count > 0;
    }

    private int InsertRecipients(NewMessage message)
    {
        var queued = 0;
        var recipients = message.Envelope.Recipients;
        for (var number = 0; number < recipients.Count; number++)
        {
            var recipient = recipients[number];
            if (recipient.Destination is null)
            {
                continue;
            }

            insertRecipient.Start()
                .Bind(message.Id.Value)
                .Bind(number)
                .Bind(Rows.Milliseconds(message.ReceivedAt))
                .Bind(Rows.Flags(recipient))
                .Bind(recipient.Destination)
                .Bind(recipient.Address.ToString())
                .Bind(recipient.Given?.ToString())
                .Bind(recipient.OriginalRecipient)
                .Run();
            queued++;
        }

        return queued;
    }

    private void InsertContent(NewMessage message)
    {
        fixed (byte* trace = message.Trace.Span)
        fixed (byte* body = message.Content.Head.Span)
        {
            insertContent.Start().Bind(message.Id.Value).Bind(trace, message.Trace.Length);
            if (message.Content.File is null)
            {
                insertContent.Bind(body, message.Content.Head.Length);
            }
            else
            {
                insertContent.BindNull();
            }

            insertContent.Run();
            insertContent.Forget();
        }
    }
}
