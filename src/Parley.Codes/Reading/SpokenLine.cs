using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>One line of a transcript and who spoke it.</summary>
internal sealed partial record SpokenLine(bool ByClient, string Text, bool Marked)
{
    private const int Milliseconds = 5000;

    /// <summary>
    /// Reads a line as a client's or a server's. Marks are those of common tools: <c>C:</c>/<c>S:</c>, arrows (swaks,
    /// Sendmail), <c>CLIENT -> SERVER:</c> (PHPMailer), <c>send:</c>/<c>reply:</c> (Python), the protocol log of
    /// Exchange. A line without a mark counts when it is a command or begins with a reply code.
    /// </summary>
    public static SpokenLine? Read(string line)
    {
        if (Python().Match(line) is { Success: true } python)
        {
            return new SpokenLine(python.Groups["who"].Value == "send", Unquote(python.Groups["text"].Value), Marked: true);
        }

        if (ExchangeLog().Match(line) is { Success: true } log)
        {
            var text = log.Groups["text"].Value.Trim('"');
            return new SpokenLine(!ReplyHead().IsMatch(text), text, Marked: true);
        }

        if (ReplyHead().IsMatch(line))
        {
            return new SpokenLine(false, line.TrimStart(), Marked: false);
        }

        // An arrow that points to the left can also be a quotation in mail; only a reply code makes it a server's line.
        if (Mark().Match(line) is { Success: true } mark && (mark.Groups["client"].Success || ReplyHead().IsMatch(mark.Groups["text"].Value)))
        {
            return new SpokenLine(mark.Groups["client"].Success, mark.Groups["text"].Value, Marked: true);
        }

        // curl marks what it sends with the sign that also quotes mail; only a command makes it a client's line.
        if (line.StartsWith("> ", StringComparison.Ordinal) && Dialogue.IsCommand(line[2..]))
        {
            return new SpokenLine(true, line[2..].TrimStart(), Marked: true);
        }

        return Dialogue.IsCommand(line) ? new SpokenLine(true, line.TrimStart(), Marked: false) : null;
    }

    /// <summary>Whether more lines of the same reply follow: a hyphen behind the code (RFC 5321 §4.2.1).</summary>
    public bool Continues => !ByClient && Text.Length > 3 && Text[3] == '-';

    private static string Unquote(string text) =>
        text.Replace("\\r", "", StringComparison.Ordinal).Replace("\\n", "", StringComparison.Ordinal);

    // A code followed by a space, a hyphen, or nothing; "550 people came" is excluded by the reader of free text only.
    [GeneratedRegex(@"^\s*[2-5]\d\d(?:[ -]|$)", RegexOptions.None, Milliseconds)]
    private static partial Regex ReplyHead();

    // Names may follow a time stamp; arrows begin the line.
    [GeneratedRegex(@"^(?:(?:.{0,60}?[\s\]])?(?:(?<client>C:|CLIENT:|Client:|CLIENT -> SERVER:)|(?<server>S:|SERVER:|Server:|SERVER -> CLIENT:))|\s*(?:(?<client>>>>|=>|~>|->)|(?<server><<<|<\*\*|<~\*|<~|<-|<=|<)))[ \t]*(?<text>.*)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^\s*(?<who>send|reply): b?['""](?<text>.*?)['""]\s*$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Python();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[^,]{8,20},[^,]{0,200},[^,]{0,40},\d+,[^,]{0,80},[^,]{0,80},[<>],(?<text>.*?),?$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex ExchangeLog();
}
