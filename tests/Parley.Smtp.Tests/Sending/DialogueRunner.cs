using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Smtp.Sending;

namespace Parley.Smtp.Tests.Sending;

/// <summary>
/// Plays a dialogue file with our client as <c>C:</c>. The first line is the rule in words. <c>s:</c> is a piece of a
/// reply with escapes and without an end of its own; <c>E:</c> says that the client closes. Lines that begin with
/// <c>&gt;</c> are acts of its driver, lines that begin with <c>=</c> say what became of a recipient or of the session.
/// </summary>
internal sealed class DialogueRunner : IDisposable
{
    private readonly string name;
    private readonly string[] lines;
    private readonly int pieces;
    private readonly Queue<string> written = new();
    private ReplyReader replies = new();
    private SendScript script = new([]);
    private SendDialogue? dialogue;
    private SendTurn turn;
    private int at;

    public DialogueRunner(string path, int pieces)
    {
        name = Path.GetFileName(path);
        lines = File.ReadAllLines(path);
        this.pieces = pieces;
    }

    /// <summary>Plays the file; null when all goes as it is written, else the first difference.</summary>
    public string? Play()
    {
        for (at = 1; at < lines.Length; at++)
        {
            var line = lines[at];
            var difference = line.Length == 0 ? null : line[0] switch
            {
                'C' => Client(line.Length > 3 ? line[3..] : string.Empty),
                'S' => Server(Encoding.UTF8.GetBytes((line.Length > 3 ? line[3..] : string.Empty) + "\r\n")),
                's' => Server(Encoding.UTF8.GetBytes(Regex.Unescape(line[3..]))),
                'E' => Closed(),
                '>' => Act(line[2..]),
                '=' => Outcome(line[2..]),
                _ => "a line begins with C: S: s: E: > or =",
            };
            if (difference is not null)
            {
                return $"{name}:{at + 1}: {difference}";
            }
        }

        return written.Count > 0 ? $"{name}: at the end the client also said \"{written.Peek()}\"" : null;
    }

    public void Dispose() => dialogue?.Dispose();

    private string? Client(string expected)
    {
        Begin();
        if (written.Count == 0 && turn.Action is SendAction.SendDotted or SendAction.SendChunk)
        {
            WriteContent();
        }

        return written.TryDequeue(out var said)
            ? said == expected ? null : $"expected \"{expected}\", the client said \"{said}\""
            : $"expected \"{expected}\", the client says nothing ({turn.Action} at {turn.Phase})";
    }

    private string? Server(byte[] octets)
    {
        Begin();
        if (written.Count > 0)
        {
            return $"the client also said \"{written.Peek()}\"";
        }

        for (var i = 0; i < octets.Length; i += pieces)
        {
            ReadOnlySpan<byte> piece = octets.AsSpan(i, Math.Min(pieces, octets.Length - i));
            while (!piece.IsEmpty)
            {
                switch (replies.Read(ref piece, out var reply))
                {
                    case ReplyStatus.Reply:
                        Take(dialogue!.Receive(reply!));
                        break;
                    case ReplyStatus.NotAReply:
                        Take(dialogue!.Fault(SendCauses.NotSmtp));
                        return null;
                    case ReplyStatus.TooLong:
                        Take(dialogue!.Fault(SendCauses.ReplyTooLong));
                        return null;
                }
            }
        }

        return null;
    }

    private string? Act(string act)
    {
        var words = act.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "options":
                script = new SendScript(words[1..]);
                return null;
            case "send":
                Begin();
                if (turn.Action != SendAction.Ready || !dialogue!.CanSend)
                {
                    return $"the client is not ready ({turn.Action} at {turn.Phase})";
                }

                Take(dialogue.Send(script.Message(words[1..])));
                return null;
            case "tls":
                if (turn.Action != SendAction.StartTls)
                {
                    return $"the client does not begin TLS ({turn.Action} at {turn.Phase})";
                }

                replies = new ReplyReader();
                Take(words[1] == "fails"
                    ? dialogue!.Fault(SendCauses.TlsFailed)
                    : dialogue!.TlsStarted(new SendTlsFacts(script.Binding, new byte[] { 7, 7 })));
                return null;
            case "quit":
                Take(dialogue!.Quit());
                return null;
            case "lost":
                Take(dialogue!.Fault(SendCauses.ConnectionLost));
                return null;
            case "silence":
                Take(dialogue!.Fault(SendCauses.Silence));
                return null;
            case "ready":
                return Expect("the client to be ready", SendAction.Ready);
            case "full":
                return dialogue!.CanSend ? "the client would send more over this connection" : null;
            case "content":
                return Expect("the client to send the content", turn.Action == SendAction.SendChunk ? SendAction.SendChunk : SendAction.SendDotted);
            default:
                return $"no such act: {act}";
        }
    }

    private string? Closed()
    {
        if (written.Count == 0 && turn.Action is SendAction.SendDotted or SendAction.SendChunk)
        {
            WriteContent();
        }

        return Expect("the client to close", SendAction.Close);
    }

    private string? Outcome(string expected)
    {
        var words = expected.Split(' ', 2);
        var found = words[0] == "session"
            ? dialogue!.SessionFailure
            : script.OutcomeOf(words[0], dialogue!.Outcomes);
        var told = found switch
        {
            null => "nothing",
            SendOutcome.Delivered d => $"delivered {d.Reply}{(d.DsnPassedOn ? ", dsn passed on" : "")}",
            SendOutcome.Deferred d => $"deferred {Told(d.Why)} at {d.Where}",
            SendOutcome.Failed f => $"failed {Told(f.Why)} at {f.Where}",
            _ => "?",
        };
        return told == words[1] ? null : $"expected \"{words[1]}\", it was \"{told}\"";
    }

    private static string Told(SendCause cause) =>
        cause.Id == "refused" ? $"{cause.Status} {cause.Reply}" : $"{cause.Status} {cause.Id}{(cause.Reply is { } reply ? $" ({reply})" : "")}";

    private string? Expect(string what, SendAction action) =>
        written.Count > 0 ? $"the client also said \"{written.Peek()}\""
        : turn.Action == action ? null
        : $"expected {what}, it is {turn.Action} at {turn.Phase}";

    private void Begin()
    {
        if (dialogue is null)
        {
            dialogue = new SendDialogue(script.Options);
            Take(dialogue.Begin(script.ImplicitTls ? new SendTlsFacts() : null));
        }
    }

    private void WriteContent()
    {
        var output = new ArrayBufferWriter<byte>();
        if (turn.Action == SendAction.SendChunk)
        {
            output.Write(script.Content);
        }
        else
        {
            var dots = new DotWriter();
            if (!dots.TryWrite(script.Content, output) || !dots.TryEnd(output))
            {
                Take(dialogue!.Fault(SendCauses.BareLineEnd));
                return;
            }
        }

        Add(output.WrittenSpan);
        Take(dialogue!.ContentSent());
    }

    private void Take(SendTurn next)
    {
        Add(next.Write.Span);
        turn = next;
    }

    private void Add(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.UTF8.GetString(octets);
        foreach (var line in text.Split("\r\n")[..^1])
        {
            written.Enqueue(line);
        }
    }
}
