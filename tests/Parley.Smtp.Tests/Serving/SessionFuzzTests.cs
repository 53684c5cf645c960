using System.Buffers;
using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Lines;
using Parley.Smtp.Serving;
using Parley.Smtp.Tests.Lines;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Serving;

public class SessionFuzzTests
{
    private const string Valid =
        "EHLO client.example.org\r\nMAIL FROM:<a@b.example> SIZE=12 BODY=8BITMIME RET=HDRS ENVID=x\r\nRCPT TO:<c@d.example> NOTIFY=DELAY ORCPT=rfc822;c@d.example\r\n"
        + "RCPT TO:<refused@d.example>\r\nDATA\r\nSubject: x\r\n\r\n..text\r\n.\r\nRSET\r\nMAIL FROM:<>\r\nRCPT TO:<\"q \\\" q\"@[192.0.2.1]>\r\nBDAT 6\r\nab\r\ncdBDAT 2 LAST\r\n\r\n"
        + "VRFY a\r\nEXPN b\r\nHELP\r\nNOOP x\r\nHELO other\r\nMAIL FROM:<дарья@b.example> SMTPUTF8\r\nQUIT\r\n";

    private static readonly SessionOptions Options = new() { Hostname = "mx.example.org", MaxMessageOctets = 1000, MaxRecipients = 5, MaxErrors = 50 };

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Mutated_dialogues_never_break_a_session() => Fuzzing.Run((random, _) =>
    {
        var octets = Fuzzing.Mutate(random, Encoding.UTF8.GetBytes(Valid));
        var replies = Converse(octets, Fuzzing.Pieces(random, octets));
        Assert.All(replies, CheckWire);
    });

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void However_the_octets_are_cut_the_replies_are_the_same() => Fuzzing.Run((random, _) =>
    {
        var octets = Fuzzing.Mutate(random, Encoding.UTF8.GetBytes(Valid));
        var whole = Converse(octets, [octets]).Select(r => r.ToString());
        Assert.Equal(whole, Converse(octets, Fuzzing.Pieces(random, octets)).Select(r => r.ToString()));
    });

    private static void CheckWire(Reply reply)
    {
        foreach (var line in Encoding.UTF8.GetString(reply.Wire.Span).TrimEnd('\r', '\n').Split("\r\n"))
        {
            Assert.True(Encoding.UTF8.GetByteCount(line) <= 510, line);
            Assert.Matches("^[2-5][0-9][0-9][ -]", line);
        }
    }

    // The loop of a connection, without its socket. Nothing in it waits, so every task is done when it returns.
    private static List<Reply> Converse(byte[] octets, IEnumerable<byte[]> pieces)
    {
        _ = octets;
        var session = new SmtpSession(Options, new ForgetfulReceiver(), client: null);
        var lines = new LineReader(session.MaxLineOctets);
        var dots = new DotReader();
        var mode = Next.Line;
        var rest = Array.Empty<byte>();
        var replies = new List<Reply>();
        foreach (var piece in pieces)
        {
            var input = rest.Length == 0 ? Segment.Join([piece]) : Segment.Join([rest, piece]);
            while (mode != Next.Close)
            {
                var before = State(session);
                if (Step(session, lines, dots, mode, ref input) is not { } turn)
                {
                    break;
                }

                if (turn.Reply is { } reply)
                {
                    replies.Add(reply);
                    // A refused command leaves the session as it was; only the count of refused recipients goes on.
                    if (mode == Next.Line && reply.IsRefusal && turn.Next == Next.Line)
                    {
                        Assert.Equal(before, State(session));
                    }
                }

                mode = turn.Next;
                if (mode == Next.Data)
                {
                    dots = new DotReader();
                }
            }

            rest = input.ToArray();
        }

        Done(session.DisposeAsync());
        return replies;
    }

    private static Turn? Step(SmtpSession session, LineReader lines, DotReader dots, Next mode, ref ReadOnlySequence<byte> input)
    {
        if (mode is Next.Data or Next.Chunk)
        {
            var status = mode == Next.Data ? dots.Read(ref input, session.Content) : session.Chunk!.Read(ref input, session.Content);
            Done(session.ContentWritten(default));
            return status == ContentStatus.More ? (Turn?)null
                : mode == Next.Data ? Done(session.ContentEnded(status, default)) : Done(session.ChunkEnded(status, default));
        }

        var found = lines.Read(ref input, out var line);
        return found switch
        {
            LineStatus.Incomplete => (Turn?)null,
            LineStatus.Line => Done(session.Receive(line, default)),
            _ => session.LineFault(found, lines.TooLongWasLogin),
        };
    }

    private static (Phase, string?, bool, ReversePath?, int) State(SmtpSession session) =>
        (session.Phase, session.HelloName, session.IsExtended, session.Transaction?.ReversePath, session.Transaction?.Recipients.Count ?? 0);

    private static T Done<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully, "a pure session waits for nothing");
        return task.Result;
    }

    private static void Done(ValueTask task) => Assert.True(task.IsCompletedSuccessfully, "a pure session waits for nothing");
}

/// <summary>Takes everything but recipients named refused, and keeps nothing.</summary>
internal sealed class ForgetfulReceiver : IMailReceiver
{
    public ValueTask<Reply> Sender(SmtpSession session, MailTransaction draft, CancellationToken cancellation) => new(Parley.Smtp.Replies.SenderOk);

    public ValueTask<Reply> Recipient(SmtpSession session, MailTransaction transaction, Recipient recipient, CancellationToken cancellation) =>
        new(recipient.Path.Mailbox?.LocalPart == "refused" ? Parley.Smtp.Replies.NoSuchMailbox : Parley.Smtp.Replies.RecipientOk);

    public IMessageContent NewContent(SmtpSession session, MailTransaction transaction) => new MemoryContent();

    public ValueTask<Reply> Message(SmtpSession session, MailTransaction transaction, IMessageContent content, CancellationToken cancellation) =>
        new(Parley.Smtp.Replies.MessageAccepted);

    public ValueTask<Reply> Verify(SmtpSession session, string argument, CancellationToken cancellation) => new(Parley.Smtp.Replies.CannotVerify);

    public ValueTask<Reply> Expand(SmtpSession session, string argument, CancellationToken cancellation) => new(Parley.Smtp.Replies.NoSuchMailbox);
}

/// <summary>Content in memory.</summary>
internal sealed class MemoryContent : IMessageContent
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public long Length => buffer.WrittenCount;

    public Reply? Refusal => null;

    public void Advance(int count) => buffer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    public ValueTask Flush(CancellationToken cancellation) => default;

    public ValueTask DisposeAsync() => default;
}
