using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>Takes a server's words apart: <c>550 5.1.1 No such mailbox</c>, on one line or on many.</summary>
internal static partial class ReplyText
{
    private const int Milliseconds = 5000;

    /// <summary>Reads text that begins with a reply code or an enhanced code; null when it begins with neither.</summary>
    public static Finding? Read(string text, string input, string? phase = null)
    {
        var m = Head().Match(text);
        if (!m.Success)
        {
            return null;
        }

        var (code, enhanced) = (Value(m, "code"), Value(m, "enh"));
        var rest = m.Groups["text"].Value;
        if (code is not null)
        {
            // A log joins the lines of a long reply into one and leaves the code of each inside.
            rest = Inner().Replace(rest, inner => inner.Groups["code"].Value == code ? " " : inner.Value).Trim();
        }

        return new Finding { Code = code, Enhanced = enhanced, Text = rest, Input = input, Phase = phase };
    }

    /// <summary>Joins the lines of one reply, each with its code in front.</summary>
    public static Finding? Join(IReadOnlyList<string> lines, string input, string? phase)
    {
        var parts = lines.Select(l => Read(l, l)).OfType<Finding>().ToList();
        if (parts.Count == 0)
        {
            return null;
        }

        return parts[^1] with
        {
            Enhanced = parts.Select(p => p.Enhanced).FirstOrDefault(e => e is not null),
            Text = string.Join(' ', parts.Select(p => p.Text)).Trim(),
            Input = input,
            Phase = phase,
            Mixed = parts.Any(p => p.Code != parts[0].Code || (p.Enhanced ?? parts[0].Enhanced) != parts[0].Enhanced),
        };
    }

    private static string? Value(Match m, string group) => m.Groups[group] is { Success: true, Value: var v } ? v : null;

    // RFC 5321 §4.2: the code, a space or a hyphen, the text; RFC 2034 §4: the enhanced code leads the text.
    [GeneratedRegex(@"^\s*(?:(?<code>[2-5]\d\d)(?:[ -]\s{0,3}#?(?<enh>[245]\.\d{1,3}\.\d{1,3})(?![\d.])|(?=[ -]|$))|#?(?<enh>[245]\.\d{1,3}\.\d{1,3})(?![\d.]))[ :,-]*(?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, Milliseconds)]
    private static partial Regex Head();

    [GeneratedRegex(@"(?<=^|\s)(?<code>[2-5]\d\d)[ -](?:[245]\.\d{1,3}\.\d{1,3}\s)?", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Inner();
}
