using System.Globalization;

namespace Parley.Server.Mime;

/// <summary>Makes file names of what senders call their files.</summary>
internal static class FileNames
{
    private const int Longest = 120;

    /// <summary>
    /// A name without folders, controls, and characters that turn the direction of writing, with which an ending can be
    /// hidden.
    /// </summary>
    /// <param name="given">The sender's, or null.</param>
    /// <param name="type">The media type.</param>
    /// <param name="number">The part's number, for a name of our own.</param>
    public static string Clean(string? given, string type, int number)
    {
        var name = given ?? "";
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = string.Concat(name.Where(IsPlain)).Trim(' ', '.');
        if (clean.Length > Longest)
        {
            // The ending is kept: it says what the file is.
            clean = string.Concat(clean.AsSpan(0, Longest - 12).TrimEnd('\ud800'), "…", clean.AsSpan(clean.Length - 11));
            clean = string.Concat(clean.EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
        }

        if (clean.Length > 0)
        {
            return clean;
        }

        var ending = type switch
        {
            "message/rfc822" or "message/global" => ".eml",
            "text/html" => ".html",
            "text/calendar" => ".ics",
            "application/pdf" => ".pdf",
            "image/png" => ".png",
            "image/jpeg" => ".jpg",
            "image/gif" => ".gif",
            _ when type.StartsWith("text/", StringComparison.Ordinal) || type.StartsWith("message/", StringComparison.Ordinal) => ".txt",
            _ => ".bin",
        };
        return string.Create(CultureInfo.InvariantCulture, $"part-{number}{ending}");
    }

    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
        && c is not ('"' or '<' or '>' or ':' or '|' or '?' or '*');
}
