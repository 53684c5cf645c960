using System.Buffers;
using System.Text;
using Parley.Smtp;
using Parley.Smtp.Sasl;
using Parley.Smtp.Serving;

namespace Parley.Server.Journal;

/// <summary>
/// What happened in one session: facts and the dialogue, written by its connection and read by the console. The
/// dialogue is kept as octets up to a bound; behind it only the facts go on.
/// </summary>
internal sealed class SessionRecord
{
    private const int MaxOctets = 16 * 1024;
    private const int FirstOctets = 128;
    private const int EntryOctets = 24;

    // A reply with words of its own is an object of its own: its octets, and its lines as text, two octets a character.
    private const int ReplyWeight = 3;
    private const int LongestMechanism = 20;

    private readonly Lock gate = new();
    private readonly SessionJournal journal;
    private readonly List<Entry> entries = [];
    private byte[] octets = [];
    private int length;
    private int ofReplies;
    private Reply? lastReply;
    private int messages;
    private bool truncated;
    private volatile bool ended;

    internal SessionRecord(SessionJournal journal, string id, string peer, DateTimeOffset startedAt)
    {
        this.journal = journal;
        Id = id;
        Peer = peer;
        StartedAt = startedAt;
    }

    private readonly record struct Entry(long AtTicks, int Offset, int Length, Reply? Reply);

    /// <summary>Name of the session, sortable by time.</summary>
    public string Id { get; }

    /// <summary>The client's address.</summary>
    public string Peer { get; }

    /// <summary>When it connected.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>What TLS agreed on, or null.</summary>
    public string? Tls { get; private set; }

    /// <summary>Who logged in, or null.</summary>
    public string? User { get; private set; }

    /// <summary>Messages accepted.</summary>
    public int Messages => messages;

    /// <summary>The last reply, or null.</summary>
    public Reply? LastReply => lastReply;

    /// <summary>What lists show.</summary>
    public SessionSummary Summary => new(Id, StartedAt, Peer)
    {
        Tls = Tls,
        User = User,
        Messages = messages,
        LastReply = lastReply is { } reply ? Lines(reply)[^1] : null,
        Open = !ended,
    };

    /// <summary>The dialogue.</summary>
    public SessionTranscript Transcript()
    {
        lock (gate)
        {
            var lines = new List<TranscriptLine>(entries.Count);
            foreach (var entry in entries)
            {
                var at = new DateTimeOffset(entry.AtTicks, TimeSpan.Zero);
                if (entry.Reply is { } reply)
                {
                    lines.AddRange(Lines(reply).Select(line => new TranscriptLine(at, TranscriptSide.Server, line, reply.Id)));
                }
                else
                {
                    lines.Add(new TranscriptLine(at, TranscriptSide.Client, Printable(octets.AsSpan(entry.Offset, entry.Length)), null));
                }
            }

            return new SessionTranscript(Summary, lines, truncated);
        }
    }

    private static string[] Lines(Reply reply) => Encoding.UTF8.GetString(reply.Wire.Span).TrimEnd('\r', '\n').Split("\r\n");

    // What a client sent is shown as text: no control character reaches a terminal.
    private static string Printable(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line).ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                text[i] = '\ufffd';
            }
        }

        return new string(text);
    }

    // RFC 4422 §3.1: capitals, which hardly any password in base64 has alone.
    private static readonly SearchValues<byte> MechanismLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"u8);

    internal void Client(ReadOnlySpan<byte> line)
    {
        // AUTH's argument may be a password, also where a client leaves the mechanism out or parts its words by something
        // else than a space: only what is the name of a mechanism is kept.
        if (line.Length > 5 && Ascii.EqualsIgnoreCase(line[..5], "AUTH "u8) && MechanismName(line[5..]) is var name && 5 + name < line.Length)
        {
            Add([.. line[..(5 + name)], .. name > 0 ? " ****"u8 : "****"u8]);
            return;
        }

        Add(line);
    }

    private static int MechanismName(ReadOnlySpan<byte> argument)
    {
        var end = argument.IndexOf((byte)' ');
        var word = end < 0 ? argument : argument[..end];
        return word.Length <= LongestMechanism && !word.ContainsAnyExcept(MechanismLetters) || SaslMechanisms.Find(Encoding.ASCII.GetString(word)) is not null
            ? word.Length
            : 0;
    }

    internal void ClientSecret() => Add("****"u8);

    internal void Server(Reply reply, SmtpSession session)
    {
        // A password sent when no challenge was open comes as a line that is no command.
        if (ReferenceEquals(reply, Replies.UnknownCommand) || ReferenceEquals(reply, Replies.NonAsciiCommand))
        {
            MaskLast();
        }

        lastReply = reply;
        messages = session.Accepted;
        User = session.User;
        journal.Count(reply);
        lock (gate)
        {
            if (!IsFull())
            {
                entries.Add(new Entry(journal.Now.UtcTicks, 0, 0, reply));
                ofReplies += journal.IsShared(reply) ? 0 : reply.Wire.Length * ReplyWeight;
            }
        }
    }

    internal void TlsStarted(string description) => Tls = description;

    internal void Ended() => ended = true;

    private void Add(ReadOnlySpan<byte> line)
    {
        lock (gate)
        {
            if (IsFull())
            {
                return;
            }

            if (octets.Length - length < line.Length)
            {
                Array.Resize(ref octets, Math.Max(Math.Max(FirstOctets, octets.Length * 2), length + line.Length));
            }

            line.CopyTo(octets.AsSpan(length));
            entries.Add(new Entry(journal.Now.UtcTicks, length, line.Length, null));
            length += line.Length;
        }
    }

    private bool IsFull() => truncated |= length + ofReplies + (entries.Count * EntryOctets) >= MaxOctets;

    private void MaskLast()
    {
        lock (gate)
        {
            if (entries is [.., { Reply: null } last])
            {
                var mask = "**** (not a command, kept out of this record)"u8;
                octets.AsSpan(last.Offset, last.Length).Clear();
                length = last.Offset;
                entries.RemoveAt(entries.Count - 1);
                Add(mask);
            }
        }
    }
}
