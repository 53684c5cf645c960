using System.Text;

namespace Parley.Smtp.Sending;

/// <summary>What <see cref="ReplyReader.Read"/> found.</summary>
public enum ReplyStatus
{
    /// <summary>All input is taken and the reply is not whole yet.</summary>
    Incomplete,

    /// <summary>A reply; what follows it is left in the input.</summary>
    Reply,

    /// <summary>A line that is no reply line; nothing behind it can be trusted.</summary>
    NotAReply,

    /// <summary>More than <see cref="ReplyReader.MaxReplyOctets"/>; nothing behind it can be trusted.</summary>
    TooLong,
}

/// <summary>
/// Puts replies together from octets that come in any pieces (RFC 5321 §4.2). It holds at most one reply. It is
/// patient where patience costs nothing: a line may end in LF alone, the text may be missing, the lines of one reply
/// may disagree. One reader serves one TLS state of one connection.
/// </summary>
public sealed class ReplyReader
{
    /// <summary>Octets of a line that are kept; the rest of a longer one is dropped. RFC 5321 §4.5.3.1.5 allows 512.</summary>
    public const int MaxLineOctets = 2048;

    /// <summary>The same for a SASL challenge (RFC 4954 §4).</summary>
    public const int MaxChallengeOctets = 12288;

    /// <summary>Octets of a whole reply.</summary>
    public const int MaxReplyOctets = 65536;

    private readonly List<string> lines = [];
    private byte[] line = new byte[128];
    private int length;
    private int total;

    /// <summary>Takes the next reply off the front of <paramref name="input"/>.</summary>
    public ReplyStatus Read(ref ReadOnlySpan<byte> input, out PeerReply? reply)
    {
        reply = null;
        while (!input.IsEmpty)
        {
            var end = input.IndexOf((byte)'\n');
            var piece = end < 0 ? input : input[..end];
            total += piece.Length + (end < 0 ? 0 : 1);
            if (total > MaxReplyOctets)
            {
                return ReplyStatus.TooLong;
            }

            Keep(piece);
            input = input[(end < 0 ? input.Length : end + 1)..];
            if (end < 0)
            {
                return ReplyStatus.Incomplete;
            }

            var status = EndLine(out reply);
            if (status != ReplyStatus.Incomplete)
            {
                return status;
            }
        }

        return ReplyStatus.Incomplete;
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        var limit = length >= 3 && line.AsSpan(0, 3).SequenceEqual("334"u8) || (length == 0 && piece.StartsWith("334"u8))
            ? MaxChallengeOctets
            : MaxLineOctets;
        piece = piece[..Math.Clamp(limit - length, 0, piece.Length)];
        if (line.Length < length + piece.Length)
        {
            Array.Resize(ref line, Math.Max(length + piece.Length, line.Length * 2));
        }

        piece.CopyTo(line.AsSpan(length));
        length += piece.Length;
    }

    private ReplyStatus EndLine(out PeerReply? reply)
    {
        reply = null;
        var octets = line.AsSpan(0, length);
        length = 0;
        if (octets.EndsWith("\r"u8))
        {
            octets = octets[..^1];
        }

        // RFC 5321 §4.2: Reply-code = %x32-35 %x30-35 %x30-39; the second digit is not held against anybody.
        if (octets.Length < 3 || octets[0] is < (byte)'2' or > (byte)'5' || octets[1..3].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (octets.Length > 3 && octets[3] is not ((byte)' ' or (byte)'-')))
        {
            return ReplyStatus.NotAReply;
        }

        // RFC 5321 §4.2: a client takes a code without text, with the space or without it.
        lines.Add(octets.Length > 4 ? Text(octets[4..]) : string.Empty);
        if (octets.Length > 3 && octets[3] == '-')
        {
            return ReplyStatus.Incomplete;
        }

        var code = ((octets[0] - '0') * 100) + ((octets[1] - '0') * 10) + (octets[2] - '0');
        reply = new PeerReply(new ReplyCode(code), lines.ToArray());
        lines.Clear();
        total = 0;
        return ReplyStatus.Reply;
    }

    // Danger dies at the door: the text goes to logs, terminals and reports.
    private static string Text(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.UTF8.GetString(octets);
        foreach (var c in text)
        {
            if (IsUnsafe(c))
            {
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (var i = 0; i < span.Length; i++)
                    {
                        span[i] = IsUnsafe(source[i]) ? '?' : source[i];
                    }
                });
            }
        }

        return text;

        // Line separators and marks of direction make one line look like another.
        static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
    }
}
