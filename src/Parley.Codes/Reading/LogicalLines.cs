namespace Parley.Codes.Reading;

/// <summary>The lines of a pasted text, with folded ones put together again.</summary>
internal static class LogicalLines
{
    private const int Most = 20_000;

    /// <summary>
    /// A text as it was meant where another program has changed its line ends or spaces: pages and word processors paste
    /// spaces that do not break and marks without width, old systems end lines in CR alone.
    /// </summary>
    public static string Plain(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\u00A0', ' ').Replace('\u202F', ' ')
            .Replace("\uFEFF", "", StringComparison.Ordinal).Replace("\u200B", "", StringComparison.Ordinal);

    public static IReadOnlyList<string> Of(string text, int longest)
    {
        var raw = Dedent([.. text.Split('\n').Take(Most).Select(l => Cut(l.TrimEnd('\r', ' ', '\t', '\0'), longest))]);
        var lines = new List<string>(raw.Count);
        foreach (var line in raw)
        {
            if (lines.Count > 0 && Folds(lines[^1], line) && lines[^1].Length + line.Length <= longest)
            {
                lines[^1] = $"{lines[^1]} {line.Trim()}";
            }
            else
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    // RFC 5322 §2.2.3 folds with leading space, and so do the bounces of Postfix, Exim and others.
    private static bool Folds(string previous, string line)
    {
        if (line.Length == 0 || line[0] is not (' ' or '\t') || previous.Length == 0)
        {
            return false;
        }

        if (SpokenLine.Read(line) is { Marked: true })
        {
            return false;
        }

        if (Unclosed(previous) || previous.EndsWith(':') || previous.Contains("said:", StringComparison.Ordinal)
            || previous.StartsWith("Diagnostic-Code:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return SpokenLine.Read(line) is null && SpokenLine.Read(previous) is null;
    }

    private static bool Unclosed(string line) => line.LastIndexOf('(') > line.LastIndexOf(')');

    // A text copied from a chat or a ticket is often indented as a whole.
    private static List<string> Dedent(List<string> lines)
    {
        var common = lines.Where(l => l.Length > 0).Select(l => l.Length - l.TrimStart(' ', '\t').Length).DefaultIfEmpty(0).Min();
        return common == 0 ? lines : [.. lines.Select(l => l.Length >= common ? l[common..] : l)];
    }

    private static string Cut(string line, int longest) => line.Length > longest ? line[..longest] : line;
}
