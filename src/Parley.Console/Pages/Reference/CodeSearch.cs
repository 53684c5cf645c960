using Parley.Codes;

namespace Parley.Console.Pages.Reference;

/// <summary>Finds codes by words, the best first. The script of the index does the same while one types.</summary>
internal static class CodeSearch
{
    private const int Whole = 10_000;
    private const int Beginning = 1_000;
    private const int InTitle = 100;

    /// <summary>What is searched besides code and title.</summary>
    public static string Text(Explanation of) =>
        $"SMTP {of.Meaning} {of.WhenYouSeeIt} {string.Join(' ', of.Causes)} {string.Join(' ', of.Commands)}";

    /// <summary>The words of a query; what stands in a reply as <c>550-5.7.26</c> is two.</summary>
    public static string[] Words(string query) => query.Split([' ', '\t', '-'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How well a code fits; 0 when it does not. Of several numbers one is enough, of other words each must be there.</summary>
    public static int Score(Explanation of, IReadOnlyList<string> words)
    {
        var numbers = words.Where(IsNumber).Select(word => Score(of, word)).DefaultIfEmpty(1).Sum();
        var others = words.Where(word => !IsNumber(word)).Select(word => Score(of, word)).ToList();
        return numbers > 0 && others.TrueForAll(score => score > 0) ? numbers + others.Sum() : 0;
    }

    /// <summary>The code that a query names, and the more exact of two; null when it is something else.</summary>
    public static string? Named(Catalogue catalogue, string query) =>
        Words(query) is { Length: > 0 } words && words.All(word => catalogue.BasicCodes.Contains(word) || catalogue.EnhancedCodes.Contains(word))
            ? words.MaxBy(word => word.Length)
            : null;

    private static int Score(Explanation of, string word)
    {
        var known = string.Equals(of.Code, word, StringComparison.Ordinal) ? Whole
            : of.Code!.StartsWith(word, StringComparison.Ordinal) ? Beginning
            : of.Title.Contains(word, StringComparison.OrdinalIgnoreCase) ? InTitle
            : 0;
        return known + Mentions(Text(of), word);
    }

    private static int Mentions(string text, string word)
    {
        var count = 0;
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + word.Length, StringComparison.OrdinalIgnoreCase))
        {
            count++;
        }

        return count;
    }

    private static bool IsNumber(string word) => char.IsAsciiDigit(word[0]) && word.All(c => char.IsAsciiDigit(c) || c == '.');
}
