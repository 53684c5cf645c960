using System.Globalization;

namespace Parley.Codes.Facts;

/// <summary>An enhanced status code (RFC 3463 §2) or a row of the registry: <c>5.1.1</c>, <c>X.1.1</c>, <c>X.1.X</c>, <c>5.X.X</c>.</summary>
internal sealed record EnhancedCode(int? Class, int? Subject, int? Detail)
{
    /// <summary>The row that holds it: the class counts only where subject and detail are open.</summary>
    public string Row => Subject is null ? $"{Part(Class)}.X.X" : $"X.{Part(Subject)}.{Part(Detail)}";

    public static EnhancedCode? TryParse(string text)
    {
        var parts = text.Split('.', 4);
        if (parts.Length != 3
            || !TryPart(parts[0], 1, out var c) || c is not (null or 2 or 4 or 5)
            || !TryPart(parts[1], 3, out var subject)
            || !TryPart(parts[2], 3, out var detail)
            || (subject is null && detail is not null)
            || (subject is null && c is null))
        {
            return null;
        }

        return new EnhancedCode(c, subject, detail);
    }

    public override string ToString() => $"{Part(Class)}.{Part(Subject)}.{Part(Detail)}";

    private static string Part(int? n) => n?.ToString(CultureInfo.InvariantCulture) ?? "X";

    // RFC 3463 §2: one to three digits, no leading zeros; X, Y and Z stand for "any".
    private static bool TryPart(string text, int digits, out int? n)
    {
        n = null;
        if (text is "X" or "x" or "Y" or "y" or "Z" or "z")
        {
            return true;
        }

        if (text.Length == 0 || text.Length > digits || (text.Length > 1 && text[0] == '0') || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        n = int.Parse(text, CultureInfo.InvariantCulture);
        return true;
    }
}
