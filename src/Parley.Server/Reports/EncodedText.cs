using System.Text;

namespace Parley.Server.Reports;

/// <summary>Folds header fields (RFC 5322 §2.2.3).</summary>
internal static class Folding
{
    private const int Width = 76;

    /// <summary>Breaks a line at spaces, so that none is longer than it should be.</summary>
    public static string Fold(string line)
    {
        if (line.Length <= Width)
        {
            return line;
        }

        var folded = new StringBuilder(line.Length + 16);
        var column = 0;
        foreach (var word in line.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Width && word.Length > 0)
            {
                folded.Append("\r\n ").Append(word);
                column = 1 + word.Length;
            }
            else
            {
                folded.Append(column > 0 ? " " : string.Empty).Append(word);
                column += word.Length + (column > 0 ? 1 : 0);
            }
        }

        return folded.ToString();
    }
}

/// <summary>Texts beyond ASCII in header fields (RFC 2047).</summary>
internal static class EncodedText
{
    // RFC 2047 §2: an encoded word has at most 75 characters; 45 octets make 60 of base64 and 12 of frame.
    private const int MaxOctets = 45;

    /// <summary>The text of an unstructured field such as Subject, folded.</summary>
    public static string Unstructured(string text) =>
        Ascii.IsValid(text) && !text.Contains("=?", StringComparison.Ordinal) ? Folding.Fold("Subject: " + Clean(text))["Subject: ".Length..] : Words(text);

    /// <summary>A display name.</summary>
    public static string Phrase(string text) =>
        text.All(static c => char.IsAsciiLetterOrDigit(c) || c == ' ') ? text : Words(text);

    private static string Words(string text)
    {
        var words = new List<string>();
        var piece = new StringBuilder();
        var octets = 0;
        foreach (var rune in Clean(text).EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MaxOctets)
            {
                words.Add(Word(piece));
                octets = 0;
            }

            piece.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        words.Add(Word(piece));
        return string.Join("\r\n ", words);
    }

    private static string Word(StringBuilder piece)
    {
        var word = $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(piece.ToString()))}?=";
        piece.Clear();
        return word;
    }

    private static string Clean(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
}
