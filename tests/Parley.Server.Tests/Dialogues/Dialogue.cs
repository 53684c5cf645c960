using System.Text;

namespace Parley.Server.Tests.Dialogues;

/// <summary>One line of a dialogue file: who speaks, what, and where it stands.</summary>
internal sealed record Step(char Who, string Text, int Line);

/// <summary>
/// A dialogue as RFC 5321 appendix D writes them. The first line says the rule. Then:
/// <c>C:</c> the client sends the line and CRLF (lines in a row go out together), <c>c:</c> the client sends the text as
/// it is, with \r \n \t \0 \\ and \xHH and \{n×text} for repetition, <c>S:</c> the server answers this (a <c>*</c> stands for anything; <c>S: ...</c>
/// for any further lines of one reply), <c>T:</c> TLS begins, <c>E:</c> the server closes.
/// </summary>
internal sealed class Dialogue
{
    private Dialogue(string file, string rule, IReadOnlyList<Step> steps)
    {
        File = file;
        Rule = rule;
        Steps = steps;
    }

    public string File { get; }

    public string Rule { get; }

    public IReadOnlyList<Step> Steps { get; }

    public static Dialogue Read(string path) => Parse(Path.GetFileName(path), System.IO.File.ReadAllLines(path));

    public static Dialogue Parse(string name, string[] lines)
    {
        var steps = new List<Step>();
        for (var i = 1; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (line.Length < 2 || line[1] != ':' || !"CcSTE".Contains(line[0], StringComparison.Ordinal))
            {
                throw new FormatException($"{name}:{i + 1}: a line begins with C: c: S: T: E: or #");
            }

            steps.Add(new Step(line[0], line.Length > 2 && line[2] == ' ' ? line[3..] : line[2..], i + 1));
        }

        return lines[0].StartsWith("# ", StringComparison.Ordinal)
            ? new Dialogue(name, lines[0][2..], steps)
            : throw new FormatException($"{name}:1: the first line says the rule, after '# '");
    }

    /// <summary>What a client's step puts on the wire.</summary>
    public static byte[] Octets(Step step) =>
        step.Who == 'C' ? Encoding.UTF8.GetBytes(Repeat(step.Text) + "\r\n") : Unescape(Repeat(step.Text));

    // \{600*A} stands for six hundred A.
    private static string Repeat(string text)
    {
        var result = new StringBuilder();
        while (text.IndexOf("\\{", StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = text.IndexOf('}', start);
            var inside = text[(start + 2)..end].Split('*', 2);
            result.Append(text, 0, start);
            for (var i = int.Parse(inside[0], System.Globalization.CultureInfo.InvariantCulture); i > 0; i--)
            {
                result.Append(inside[1]);
            }

            text = text[(end + 1)..];
        }

        return result.Append(text).ToString();
    }

    private static byte[] Unescape(string text)
    {
        var octets = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                octets.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
                continue;
            }

            switch (text[++i])
            {
                case 'r': octets.Add((byte)'\r'); break;
                case 'n': octets.Add((byte)'\n'); break;
                case 't': octets.Add((byte)'\t'); break;
                case '0': octets.Add(0); break;
                case 'x':
                    octets.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                    i += 2;
                    break;
                default: octets.Add((byte)text[i]); break;
            }
        }

        return [.. octets];
    }

    /// <summary>Whether a line of the server is what the file says; a star stands for anything.</summary>
    public static bool Matches(string expected, string actual)
    {
        var parts = expected.Split('*');
        if (!actual.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        var at = parts[0].Length;
        for (var i = 1; i < parts.Length; i++)
        {
            var found = i == parts.Length - 1 && parts[i].Length > 0
                ? (actual.EndsWith(parts[i], StringComparison.Ordinal) ? actual.Length - parts[i].Length : -1)
                : actual.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < at)
            {
                return false;
            }

            at = i == parts.Length - 1 ? actual.Length : found + parts[i].Length;
        }

        return at == actual.Length;
    }
}
