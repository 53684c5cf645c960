using System.Text;

namespace Parley.Server.Mime;

/// <summary>
/// Reads the text of a header field: unfolds it (RFC 5322 §2.2.3), decodes encoded words (RFC 2047) and takes raw
/// octets above 127 for UTF-8 (RFC 6532 §3.2). What is malformed stays as it came.
/// </summary>
internal static class EncodedWords
{
    // RFC 2047 §2 allows 75 characters; longer ones are common, and harmless up to the length of a line.
    private const int LongestWord = 998;

    /// <summary>The text of a field's body.</summary>
    /// <param name="raw">What stands behind the colon, folds included.</param>
    /// <param name="limit">Most characters to answer; the rest is cut.</param>
    public static string Decode(ReadOnlySpan<byte> raw, int limit)
    {
        // A character takes up at most some twelve octets in an encoded word; what lies beyond cannot be needed.
        var most = (int)Math.Min(raw.Length, limit * 12L);
        var text = Unfold(Charsets.Guess(most < raw.Length ? Charsets.WithoutHalfCharacter(raw[..most]) : raw));
        if (text.Contains("=?", StringComparison.Ordinal))
        {
            text = Decode(text);
        }

        return text.Length <= limit ? text : Cut(text, limit);
    }

    /// <summary>Decodes the encoded words of a text that is unfolded already.</summary>
    public static string Decode(string text)
    {
        var output = new StringBuilder(text.Length);
        var run = new WordRun(output);
        var at = 0;
        while (at < text.Length)
        {
            var start = text.IndexOf("=?", at, StringComparison.Ordinal);
            if (start < 0 || !TryRead(text, start, out var word))
            {
                var next = start < 0 ? text.Length : start + 2;
                run.Literal(text.AsSpan(at, next - at));
                at = next;
                continue;
            }

            run.Literal(text.AsSpan(at, start - at));
            run.Word(word);
            at = word.End;
        }

        run.Finish();
        return output.ToString();
    }

    private static string Unfold(string text)
    {
        var trimmed = text.AsSpan().Trim(" \t\r\n");
        if (!trimmed.ContainsAny("\r\n\t"))
        {
            return trimmed.Length == text.Length ? text : trimmed.ToString();
        }

        var output = new StringBuilder(trimmed.Length);
        foreach (var c in trimmed)
        {
            if (c is not ('\r' or '\n'))
            {
                output.Append(c == '\t' ? ' ' : c);
            }
        }

        return output.ToString();
    }

    private static string Cut(string text, int limit) =>
        text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];

    // =?charset[*language]?B|Q?text?= (RFC 2047 §2, RFC 2231 §5)
    private static bool TryRead(string text, int start, out EncodedWord word)
    {
        word = default;
        var reach = Math.Min(text.Length, start + LongestWord);
        var charsetEnd = text.IndexOf('?', start + 2, reach - start - 2);
        if (charsetEnd < 0 || charsetEnd + 3 >= reach || text[charsetEnd + 2] != '?')
        {
            return false;
        }

        var bodyStart = charsetEnd + 3;
        var bodyEnd = text.IndexOf("?=", bodyStart, reach - bodyStart, StringComparison.Ordinal);
        if (bodyEnd < 0 || char.ToUpperInvariant(text[charsetEnd + 1]) is not ('B' or 'Q'))
        {
            return false;
        }

        var charset = text[(start + 2)..charsetEnd];
        var star = charset.IndexOf('*', StringComparison.Ordinal);
        charset = star < 0 ? charset : charset[..star];
        var body = text.AsSpan(bodyStart, bodyEnd - bodyStart);
        if (charset.Length == 0 || body.ContainsAnyExceptInRange('!', '~') && text[charsetEnd + 1] is 'B' or 'b')
        {
            return false;
        }

        var octets = text[charsetEnd + 1] is 'B' or 'b' ? FromBase64(body) : FromQ(body);
        word = new EncodedWord(charset, octets ?? [], bodyEnd + 2);
        return octets is not null;
    }

    private static byte[]? FromBase64(ReadOnlySpan<char> body)
    {
        // Missing padding is common and harmless.
        body = body.TrimEnd('=');
        var padded = body.ToString() + new string('=', (4 - body.Length % 4) % 4);
        var octets = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, octets, out var written) ? octets[..written] : null;
    }

    private static byte[] FromQ(ReadOnlySpan<char> body)
    {
        var octets = new List<byte>(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            var c = body[i];
            if (c == '=' && i + 2 < body.Length && char.IsAsciiHexDigit(body[i + 1]) && char.IsAsciiHexDigit(body[i + 2]))
            {
                octets.Add((byte)(Hex.Value(body[i + 1]) << 4 | Hex.Value(body[i + 2])));
                i += 2;
            }
            else if (c == '_')
            {
                octets.Add((byte)' ');
            }
            else if (c < 0x80)
            {
                octets.Add((byte)c);
            }
            else
            {
                octets.AddRange(Encoding.UTF8.GetBytes([c]));
            }
        }

        return [.. octets];
    }

    private readonly record struct EncodedWord(string Charset, byte[] Octets, int End);

    // RFC 2047 §6.2: white space between two encoded words is not shown. Octets of neighbours in one charset are read
    // together, because senders split characters between words though §5 forbids it.
    private sealed class WordRun(StringBuilder output)
    {
        private readonly List<byte> octets = [];
        private string? charset;
        private string space = "";

        public void Literal(ReadOnlySpan<char> text)
        {
            if (text.IsEmpty)
            {
                return;
            }

            if (charset is not null && text.Trim(' ').IsEmpty)
            {
                space = text.ToString();
                return;
            }

            Finish();
            output.Append(text);
        }

        public void Word(EncodedWord word)
        {
            space = "";
            if (charset is not null && !string.Equals(charset, word.Charset, StringComparison.OrdinalIgnoreCase))
            {
                Finish();
            }

            charset = word.Charset;
            octets.AddRange(word.Octets);
        }

        public void Finish()
        {
            if (charset is not null)
            {
                var text = Charsets.Decode([.. octets], charset, out _);

                // A line end can be smuggled in through an encoded word; it stays one line.
                output.Append(text.AsSpan().ContainsAny("\r\n") ? text.ReplaceLineEndings(" ") : text);
                octets.Clear();
                charset = null;
            }

            output.Append(space);
            space = "";
        }
    }
}
