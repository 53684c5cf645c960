using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>How values stand in rows. What is written here is read by later versions: never change the meaning of a bit.</summary>
internal static class Rows
{
    public const string MessageColumns = "id, received_at, size, pending, flags, sender, recipients, rests, subject, session, envelope_id, user";

    public const string RecipientColumns =
        "message, number, state, next_at, attempts, lease, flags, destination, address, given, original, reply_code, reply_enhanced, reply_text, reply_peer";

    private const int BodyMask = 3;
    private const int Utf8Bit = 4;
    private const int RequireTlsBit = 8;
    private const int ReturnShift = 4;
    private const int NotifyMask = 15;
    public const long DelayReported = 16;

    public static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static long Flags(Envelope envelope) =>
        (long)envelope.Body | (envelope.Utf8 ? Utf8Bit : 0L) | (envelope.RequireTls ? RequireTlsBit : 0L) | ((long)envelope.Return << ReturnShift);

    public static long Flags(EnvelopeRecipient recipient) => (long)recipient.Notify;

    /// <summary>The recipients as RCPT gave them, each once, a line each: no address can hold a line feed.</summary>
    public static string Given(Envelope envelope)
    {
        if (envelope.Recipients.Count == 1)
        {
            return (envelope.Recipients[0].Given ?? envelope.Recipients[0].Address).ToString();
        }

        return Lines(envelope.Recipients.Select(static recipient => recipient.Given ?? recipient.Address));
    }

    /// <summary>The mailboxes in which the message rests; empty when they are all the recipients as given, null for none.</summary>
    public static string? Rests(Envelope envelope)
    {
        var all = true;
        var any = false;
        foreach (var recipient in envelope.Recipients)
        {
            any |= recipient.Destination is null;
            all &= recipient is { Destination: null, Given: null };
        }

        if (all || !any)
        {
            return all ? string.Empty : null;
        }

        return Lines(envelope.Recipients.Where(static recipient => recipient.Destination is null).Select(static recipient => recipient.Address));
    }

    /// <summary>Reads a row of <see cref="MessageColumns"/>.</summary>
    public static StoredMessage Message(Statement row)
    {
        var to = Paths(row.Text(6));
        var rests = row.TextOrNull(7);
        return new StoredMessage(new QueueId(row.Int64(0)), Time(row.Int64(1)), Sender(row.Text(5)), to)
        {
            RestsIn = rests is null ? [] : rests.Length == 0 ? to : Paths(rests),
            Subject = row.Text(8),
            Size = row.Int64(2),
            Session = row.TextOrNull(9),
            Queued = row.Int64(3) > 0,
        };
    }

    /// <summary>Reads the envelope of a row of <see cref="MessageColumns"/>, with these recipients.</summary>
    public static Envelope Envelope(Statement row, IReadOnlyList<EnvelopeRecipient> recipients)
    {
        var flags = row.Int64(4);
        return new Envelope(Sender(row.Text(5)), recipients)
        {
            Body = (BodyType)(flags & BodyMask),
            Utf8 = (flags & Utf8Bit) != 0,
            RequireTls = (flags & RequireTlsBit) != 0,
            Return = (DsnReturn)((flags >> ReturnShift) & BodyMask),
            EnvelopeId = row.TextOrNull(10),
            User = row.TextOrNull(11),
        };
    }

    /// <summary>Reads a row of <see cref="RecipientColumns"/>; <paramref name="at"/> is the column where they begin.</summary>
    public static QueueRecipient Recipient(Statement row, int at)
    {
        var state = (RecipientState)row.Int32(at + 2);
        var next = row.Int64(at + 3);
        var flags = row.Int64(at + 6);
        var recipient = new EnvelopeRecipient(Path(row.Text(at + 8)), row.Text(at + 7))
        {
            Given = row.TextOrNull(at + 9) is { } given ? Path(given) : null,
            Notify = (DsnNotify)(flags & NotifyMask),
            OriginalRecipient = row.TextOrNull(at + 10),
        };
        return new QueueRecipient(row.Int32(at + 1), recipient, state)
        {
            Attempts = row.Int32(at + 4),
            NextAttempt = state is RecipientState.Waiting or RecipientState.Deferred ? Time(next) : null,
            LeasedUntil = state is RecipientState.Active ? Time(next) : null,
            DelayReported = (flags & DelayReported) != 0,
            LastReply = row.IsNull(at + 11)
                ? null
                : new AttemptReply(row.Int32(at + 11), row.Text(at + 12), row.Text(at + 13), row.Text(at + 14)),
        };
    }

    public static ReversePath Sender(string text) => ReversePath.Parse(text) ?? throw Damaged(text);

    private static string Lines(IEnumerable<ForwardPath> paths) =>
        string.Join('\n', paths.Select(static path => path.ToString()).Distinct(StringComparer.Ordinal));

    private static IReadOnlyList<ForwardPath> Paths(string lines) =>
        lines.Contains('\n', StringComparison.Ordinal) ? [.. lines.Split('\n').Select(Path)] : [Path(lines)];

    private static ForwardPath Path(string text) => ForwardPath.Parse(text) ?? throw Damaged(text);

    private static InvalidDataException Damaged(string text) => new($"the store holds '{text}' where an address should be");
}
