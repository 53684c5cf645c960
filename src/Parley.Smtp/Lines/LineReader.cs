using System.Buffers;
using System.Text;

namespace Parley.Smtp.Lines;

/// <summary>What <see cref="LineReader.Read"/> found.</summary>
public enum LineStatus
{
    /// <summary>No whole line is here yet.</summary>
    Incomplete,

    /// <summary>A line.</summary>
    Line,

    /// <summary>A line over the limit; it was thrown away up to its CRLF and the session may go on.</summary>
    TooLong,

    /// <summary>A CR or LF without the other (RFC 5321 §2.3.8); nothing behind it can be trusted.</summary>
    BareLineEnd,
}

/// <summary>One line from the client, without its CRLF. Valid until the input is advanced.</summary>
/// <param name="Octets">The octets of the line; they hold no CR and no LF.</param>
public readonly record struct CommandLine(ReadOnlyMemory<byte> Octets)
{
    /// <summary>Length in octets as RFC 5321 §4.5.3.1.4 counts, with CRLF.</summary>
    public int WireLength => Octets.Length + 2;
}

/// <summary>
/// Cuts lines from a stream of octets. A line ends in CR LF and in nothing else (RFC 5321 §2.3.8). One reader serves
/// one TLS state of one connection: what came in clear cannot reach the reader that is made after STARTTLS.
/// </summary>
/// <param name="limit">Longest line in octets with CRLF (RFC 5321 §4.5.3.1.4: 512, extensions add to it).</param>
public sealed class LineReader(int limit)
{
    private byte[]? joined;
    private bool skipping;
    private bool skippedCr;

    /// <summary>Whether the line that was too long began with AUTH: its answer is another one (RFC 4954 §4).</summary>
    public bool TooLongWasLogin { get; private set; }

    /// <summary>Whether a line has begun and not ended.</summary>
    /// <param name="input">What <see cref="Read"/> left of the input.</param>
    public bool HasBegun(in ReadOnlySequence<byte> input) => skipping || !input.IsEmpty;

    /// <summary>Takes the next line off the front of <paramref name="input"/>.</summary>
    public LineStatus Read(ref ReadOnlySequence<byte> input, out CommandLine line)
    {
        line = default;
        if (skipping)
        {
            return Skip(ref input);
        }

        var first = input.First;
        if (first.Length == input.Length)
        {
            return Cut(first, ref input, out line);
        }

        // A line that lies across segments is joined; at most the limit and one octet are copied.
        joined ??= new byte[limit + 1];
        var length = (int)Math.Min(input.Length, joined.Length);
        input.Slice(0, length).CopyTo(joined);
        return Cut(joined.AsMemory(0, length), ref input, out line);
    }

    private LineStatus Cut(ReadOnlyMemory<byte> memory, ref ReadOnlySequence<byte> input, out CommandLine line)
    {
        line = default;
        var span = memory.Span;
        var end = span.IndexOfAny((byte)'\r', (byte)'\n');
        var whole = end >= 0 && end + 1 < span.Length;
        if (end >= 0 && span[end] == '\n')
        {
            return end < limit ? LineStatus.BareLineEnd : BeginSkip(ref input);
        }

        if (whole && span[end + 1] != '\n')
        {
            // The verdict hangs on octets within the limit only, so that it is the same however they were cut.
            return end + 1 < limit ? LineStatus.BareLineEnd : BeginSkip(ref input);
        }

        if (whole && end + 2 <= limit)
        {
            line = new CommandLine(memory[..end]);
            input = input.Slice(end + 2);
            return LineStatus.Line;
        }

        return span.Length >= limit ? BeginSkip(ref input) : LineStatus.Incomplete;
    }

    // RFC 5321 §4.5.3.1.9: too long is an error of this line, not of the session.
    private LineStatus BeginSkip(ref ReadOnlySequence<byte> input)
    {
        skipping = true;
        skippedCr = false;
        Span<byte> start = stackalloc byte[(int)Math.Min(5, input.Length)];
        input.Slice(0, start.Length).CopyTo(start);
        TooLongWasLogin = Ascii.EqualsIgnoreCase(start, "AUTH "u8);
        return Skip(ref input);
    }

    private LineStatus Skip(ref ReadOnlySequence<byte> input)
    {
        while (!input.IsEmpty)
        {
            var span = input.FirstSpan;
            if (skippedCr && span[0] == '\n')
            {
                skipping = false;
                input = input.Slice(1);
                return LineStatus.TooLong;
            }

            var cr = span.IndexOf((byte)'\r');
            skippedCr = cr >= 0;
            input = input.Slice(cr < 0 ? span.Length : cr + 1);
        }

        return LineStatus.Incomplete;
    }
}
