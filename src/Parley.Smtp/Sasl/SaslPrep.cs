using System.Buffers;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// SASLprep (RFC 4013): one spelling for names and passwords that look the same. The tables are our own, because
/// <see cref="string.Normalize()"/> leaves text as it is where the platform runs without culture data, and keys made on
/// one machine must fit on every other.
/// </summary>
public static class SaslPrep
{
    /// <summary>The longest text that is prepared, in octets of UTF-8.</summary>
    public const int MaximumLength = 1024;

    private static readonly SearchValues<byte> PrintableAscii =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Select(c => (byte)c)]);

    /// <summary>
    /// Prepares UTF-8. Code points that Unicode 3.2 did not know pass unchanged, for stored text too: every client sends
    /// them so, and refusing them would lock out passwords with younger characters.
    /// </summary>
    /// <param name="utf8">The text, at most <see cref="MaximumLength"/> octets.</param>
    /// <param name="prepared">The prepared text, a copy that the caller clears if it is a secret; empty when refused.</param>
    /// <returns>False for invalid UTF-8, prohibited characters, mixed directions (RFC 4013 §2.3, §2.4) or too much text.</returns>
    public static bool TryPrepare(ReadOnlySpan<byte> utf8, out byte[] prepared)
    {
        prepared = [];
        if (utf8.Length > MaximumLength)
        {
            return false;
        }

        if (!utf8.ContainsAnyExcept(PrintableAscii))
        {
            prepared = utf8.ToArray();
            return true;
        }

        var mapped = new int[utf8.Length];
        var allowed = TryMap(utf8, mapped, out var length);
        var normalized = allowed ? Nfkc.Normalize(mapped.AsSpan(0, length)) : [];
        Array.Clear(mapped);
        allowed = allowed && !IsProhibited(normalized) && !HasMixedDirections(normalized);
        if (allowed)
        {
            prepared = Encode(normalized);
        }

        Array.Clear(normalized);
        return allowed;
    }

    // RFC 4013 §2.1: other spaces become a space; what is "commonly mapped to nothing" goes.
    private static bool TryMap(ReadOnlySpan<byte> utf8, int[] mapped, out int length)
    {
        length = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            utf8 = utf8[consumed..];
            if (UnicodeTables.Current.Space.Contains(rune.Value))
            {
                mapped[length++] = ' ';
            }
            else if (!UnicodeTables.Current.Nothing.Contains(rune.Value))
            {
                mapped[length++] = rune.Value;
            }
        }

        return true;
    }

    // RFC 4013 §2.3.
    private static bool IsProhibited(ReadOnlySpan<int> text)
    {
        foreach (var codePoint in text)
        {
            if (UnicodeTables.Current.Prohibited.Contains(codePoint))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 3454 §6: with a right-to-left character no left-to-right one may stand, and both ends must be right-to-left.
    private static bool HasMixedDirections(ReadOnlySpan<int> text)
    {
        var tables = UnicodeTables.Current;
        var right = false;
        var left = false;
        foreach (var codePoint in text)
        {
            right |= tables.RightToLeft.Contains(codePoint);
            left |= tables.LeftToRight.Contains(codePoint);
        }

        return right && (left || !tables.RightToLeft.Contains(text[0]) || !tables.RightToLeft.Contains(text[^1]));
    }

    private static byte[] Encode(ReadOnlySpan<int> text)
    {
        var length = 0;
        foreach (var codePoint in text)
        {
            length += new Rune(codePoint).Utf8SequenceLength;
        }

        var utf8 = new byte[length];
        var at = 0;
        foreach (var codePoint in text)
        {
            at += new Rune(codePoint).EncodeToUtf8(utf8.AsSpan(at));
        }

        return utf8;
    }
}
