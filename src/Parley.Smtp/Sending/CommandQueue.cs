using System.Buffers;
using System.Text;

namespace Parley.Smtp.Sending;

/// <summary>One command of ours, known by where it stands; a recipient's also by its number.</summary>
internal readonly record struct Command(SendPhase Phase, int Recipient = -1);

/// <summary>
/// Commands on their way: those to be written, and those whose reply is due, in order. With PIPELINING (RFC 2920) a
/// group is written together; without it one command at a time.
/// </summary>
internal sealed class CommandQueue
{
    // RFC 2920 §3.1: a client must not fill both directions while it does not read. The replies to so many commands, 512
    // octets each, fit into any socket's buffer, so that writing a group never waits for reading its replies.
    private const int GroupLimit = 50;

    private readonly ArrayBufferWriter<byte> octets = new(512);
    private readonly Queue<(Command Command, string Line)> waiting = new();
    private readonly Queue<Command> due = new();

    /// <summary>Whether a reply is due.</summary>
    public bool Awaits => due.Count > 0;

    /// <summary>Whether a command waits to be written.</summary>
    public bool HasMore => waiting.Count > 0;

    /// <summary>The command whose reply comes next.</summary>
    public Command Next => due.Peek();

    /// <summary>Whether all that waits is the DATA of a transaction.</summary>
    public bool OnlyDataWaits => waiting.Count == 1 && waiting.Peek().Command.Phase == SendPhase.Data;

    /// <summary>Adds a command; the line is without CRLF.</summary>
    public void Add(Command command, string line) => waiting.Enqueue((command, line));

    /// <summary>Notes that a reply is due without a command of its own: the greeting, and the answers to the content.</summary>
    public void Expect(Command command) => due.Enqueue(command);

    /// <summary>Takes the command that a reply belongs to; false when none is due.</summary>
    public bool TryTake(out Command command) => due.TryDequeue(out command);

    /// <summary>Forgets what was not written yet.</summary>
    public void DropWaiting() => waiting.Clear();

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        waiting.Clear();
        due.Clear();
    }

    /// <summary>The octets of a line whose reply is not due yet.</summary>
    public ReadOnlyMemory<byte> Line(string line)
    {
        octets.ResetWrittenCount();
        Encoding.UTF8.GetBytes(line, octets);
        octets.Write("\r\n"u8);
        return octets.WrittenMemory;
    }

    /// <summary>The octets of the next group; its replies are due from now on.</summary>
    public ReadOnlyMemory<byte> Group(bool pipelining)
    {
        octets.ResetWrittenCount();
        var most = pipelining ? GroupLimit : 1;
        for (var i = 0; i < most && waiting.TryDequeue(out var next); i++)
        {
            Encoding.UTF8.GetBytes(next.Line, octets);
            octets.Write("\r\n"u8);
            due.Enqueue(next.Command);
        }

        return octets.WrittenMemory;
    }
}
