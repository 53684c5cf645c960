namespace Parley.Smtp.Sasl;

/// <summary>Normalization form KC (Unicode Standard Annex 15) over the tables of Unicode 3.2, as RFC 3454 §4 asks.</summary>
internal static class Nfkc
{
    // Hangul syllables are composed by arithmetic: The Unicode Standard, section 3.12.
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    public static int[] Normalize(ReadOnlySpan<int> text)
    {
        var decomposed = Decompose(text);
        Order(decomposed);
        var length = Compose(decomposed);
        var normalized = decomposed.AsSpan(0, length).ToArray();
        Array.Clear(decomposed);
        return normalized;
    }

    private static int[] Decompose(ReadOnlySpan<int> text)
    {
        var length = 0;
        foreach (var codePoint in text)
        {
            length += Parts(codePoint).Length;
        }

        var decomposed = new int[length];
        var at = 0;
        foreach (var codePoint in text)
        {
            var parts = Parts(codePoint);
            parts.CopyTo(decomposed, at);
            at += parts.Length;
        }

        return decomposed;
    }

    private static int[] Parts(int codePoint)
    {
        var index = codePoint - SyllableBase;
        if (index is < 0 or >= SyllableCount)
        {
            return UnicodeTables.Current.Decompose(codePoint);
        }

        var lead = LeadBase + (index / (VowelCount * TailCount));
        var vowel = VowelBase + (index % (VowelCount * TailCount) / TailCount);
        var tail = index % TailCount;
        return tail == 0 ? [lead, vowel] : [lead, vowel, TailBase + tail];
    }

    // Marks on one base are put in the order of their class, equal classes stay as they stand.
    private static void Order(Span<int> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            var mark = text[i];
            var markClass = UnicodeTables.Current.CombiningClass(mark);
            var at = i;
            while (markClass > 0 && at > 0 && UnicodeTables.Current.CombiningClass(text[at - 1]) > markClass)
            {
                text[at] = text[at - 1];
                at--;
            }

            text[at] = mark;
        }
    }

    private static int Compose(Span<int> text)
    {
        var length = 0;
        var starter = -1;
        var lastClass = 0;
        foreach (var codePoint in text)
        {
            var codePointClass = UnicodeTables.Current.CombiningClass(codePoint);

            // Blocked: something of the same or a higher class stands between, or a starter.
            var adjacent = starter == length - 1;
            if (starter >= 0
                && (adjacent || (lastClass < codePointClass && lastClass > 0))
                && Pair(text[starter], codePoint) is var composed and > 0)
            {
                text[starter] = composed;
                continue;
            }

            if (codePointClass == 0)
            {
                starter = length;
            }

            lastClass = codePointClass;
            text[length++] = codePoint;
        }

        return length;
    }

    private static int Pair(int first, int second)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            return SyllableBase + (((lead * VowelCount) + vowel) * TailCount);
        }

        var syllable = first - SyllableBase;
        var tail = second - TailBase;
        if (syllable is >= 0 and < SyllableCount && syllable % TailCount == 0 && tail is > 0 and < TailCount)
        {
            return first + tail;
        }

        return UnicodeTables.Current.Compose(first, second);
    }
}
