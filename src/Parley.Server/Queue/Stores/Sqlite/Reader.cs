using System.Buffers;
using System.Globalization;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>One reading connection with its statements, used by one caller at a time.</summary>
internal sealed class Reader : IDisposable
{
    // Rows that one question may look at. What it did not find among them the next page looks for, so that no question
    // holds a snapshot, and with it the log, for long.
    private const int MaxMessagesLookedAt = 100_000;
    private const int MaxRecipientsLookedAt = 20_000;
    private const int FileBuffer = 64 * 1024;

    private readonly Database database;
    private readonly Spool spool;
    private readonly Statement list;
    private readonly Statement find;
    private readonly Statement content;
    private readonly Statement counts;
    private readonly Statement queue;
    private readonly Statement entry;
    private readonly Statement head;
    private readonly Statement next;

    public Reader(Database database, Spool spool)
    {
        this.database = database;
        this.spool = spool;
        var recipient = "r." + Rows.RecipientColumns.Replace(", ", ", r.", StringComparison.Ordinal);
        var joined = $"SELECT m.id, m.sender, m.received_at, m.size, {recipient} FROM recipient r JOIN message m ON m.id=r.message";
        list = database.Prepare($"SELECT {Rows.MessageColumns} FROM message WHERE id<? ORDER BY id DESC");
        find = database.Prepare($"SELECT {Rows.MessageColumns} FROM message WHERE id=?");
        content = database.Prepare("SELECT m.file, c.trace, c.body, m.size FROM message m JOIN content c ON c.id=m.id WHERE m.id=?");
        counts = database.Prepare("SELECT messages, octets, queued, waiting, active, deferred, held FROM totals");
        queue = database.Prepare($"{joined} WHERE r.message>? ORDER BY r.message, r.number");
        entry = database.Prepare($"{joined} WHERE r.message=? ORDER BY r.number");
        head = database.Prepare("SELECT destination, next_at FROM recipient WHERE state<3 AND destination>? ORDER BY destination, next_at LIMIT 1");
        next = database.Prepare("SELECT next_at FROM recipient WHERE state<3 AND destination=? ORDER BY next_at LIMIT 1");
    }

    public MessagePage List(MessageQuery query)
    {
        var words = query.Words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var messages = new List<StoredMessage>();
        var looked = 0;
        QueueId? next = null;
        list.Start().Bind(query.After?.Value ?? long.MaxValue);
        while (list.Step())
        {
            if (messages.Count == query.Limit || looked == MaxMessagesLookedAt)
            {
                list.Stop();
                return new MessagePage(messages, next);
            }

            looked++;
            next = new QueueId(list.Int64(0));
            if (Matches(words))
            {
                messages.Add(Rows.Message(list));
            }
        }

        return new MessagePage(messages, null);
    }

    public StoredMessage? Find(QueueId id)
    {
        if (!find.Start().Bind(id.Value).Step())
        {
            return null;
        }

        var message = Rows.Message(find);
        find.Stop();
        return message;
    }

    public StoredContent? Open(QueueId id)
    {
        if (!content.Start().Bind(id.Value).Step())
        {
            return null;
        }

        try
        {
            var file = content.TextOrNull(0);
            var trace = content.Octets(1);
            var body = content.Octets(2);
            var rest = file is null ? null : OpenFile(file, content.Int64(3));
            var octets = ArrayPool<byte>.Shared.Rent(Math.Max(1, trace.Length + body.Length));
            trace.CopyTo(octets);
            body.CopyTo(octets.AsSpan(trace.Length));
            return new StoredContent(octets, trace.Length + body.Length, rest);
        }
        catch (FileNotFoundException)
        {
            // Deleted between the look at its row and the look for its file.
            return null;
        }
        finally
        {
            content.Stop();
        }
    }

    public StoreCounts Count()
    {
        counts.Start().Step();
        var answer = new StoreCounts
        {
            Messages = counts.Int64(0),
            Octets = counts.Int64(1),
            Queued = counts.Int64(2),
            Waiting = counts.Int64(3),
            Active = counts.Int64(4),
            Deferred = counts.Int64(5),
            Held = counts.Int64(6),
        };
        counts.Stop();
        return answer;
    }

    public QueuePage ListQueue(QueueFilter filter)
    {
        var entries = new List<QueueEntry>();
        var looked = 0;
        QueueEntry? current = null;
        queue.Start().Bind(filter.After?.Value ?? 0);
        while (queue.Step())
        {
            var id = new QueueId(queue.Int64(0));
            if (current is not null && current.Id != id)
            {
                Keep(current);
                if (entries.Count == filter.Limit || looked >= MaxRecipientsLookedAt)
                {
                    queue.Stop();
                    return new QueuePage(entries, current.Id);
                }

                current = null;
            }

            looked++;
            current ??= Entry(queue);
            ((List<QueueRecipient>)current.Recipients).Add(Rows.Recipient(queue, 4));
        }

        if (current is not null)
        {
            Keep(current);
        }

        return new QueuePage(entries, null);

        void Keep(QueueEntry candidate)
        {
            if (filter.Matches(candidate))
            {
                entries.Add(candidate);
            }
        }
    }

    public QueueEntry? FindEntry(QueueId id)
    {
        QueueEntry? found = null;
        entry.Start().Bind(id.Value);
        while (entry.Step())
        {
            found ??= Entry(entry);
            ((List<QueueRecipient>)found.Recipients).Add(Rows.Recipient(entry, 4));
        }

        return found;
    }

    /// <summary>Leaps from one destination to the next through the index, whatever stands between them.</summary>
    public IReadOnlyList<DestinationHead> Destinations(string after, int limit)
    {
        var heads = new List<DestinationHead>();
        while (heads.Count < limit && head.Start().Bind(after).Step())
        {
            after = head.Text(0);
            heads.Add(new DestinationHead(after, Rows.Time(head.Int64(1))));
            head.Stop();
        }

        return heads;
    }

    public DateTimeOffset? NextAttempt(string destination)
    {
        if (!next.Start().Bind(destination).Step())
        {
            return null;
        }

        var at = Rows.Time(next.Int64(0));
        next.Stop();
        return at;
    }

    public void Dispose()
    {
        Statement[] all = [list, find, content, counts, queue, entry, head, next];
        Array.ForEach(all, statement => statement.Dispose());
        database.Dispose();
    }

    private static QueueEntry Entry(Statement row) =>
        new(new QueueId(row.Int64(0)), Rows.Sender(row.Text(1)), Rows.Time(row.Int64(2)), row.Int64(3), new List<QueueRecipient>());

    private bool Matches(string[] words)
    {
        if (words.Length == 0)
        {
            return true;
        }

        const int Sender = 5, Recipients = 6, Subject = 8;
        var text = string.Join('\n', list.Text(Sender), list.Text(Recipients), list.Text(Subject));
        return Array.TrueForAll(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private FileStream OpenFile(string name, long octets)
    {
        var file = new FileStream(spool.PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileBuffer, FileOptions.Asynchronous | FileOptions.SequentialScan);
        if (file.Length == octets)
        {
            return file;
        }

        // What a failing disk or a bad copy has cut short would travel on as if it were the whole message.
        var found = file.Length;
        file.Dispose();
        throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{file.Name} has {found} octets where the message has {octets}; restore it from a copy"));
    }
}
