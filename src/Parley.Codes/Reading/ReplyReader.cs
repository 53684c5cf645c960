using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>Finds the replies in any text, in the order of the text. Everything is bounded; the rest of a longer text is not read.</summary>
internal sealed partial class ReplyReader
{
    public const int MaxCharacters = 256 * 1024;
    public const int MaxLine = 4096;
    public const int MaxReplies = 1000;
    private const int MaxWords = 8192;
    private const int MostWords = 200;
    private const int Milliseconds = 5000;

    private readonly List<Finding> _found = [];
    private readonly HashSet<string> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string?, string?), int> _told = [];
    private readonly DeliveryReport _report = new();
    private readonly Secrets _secrets = new();
    private readonly Dialogue _dialogue;
    private readonly IReadOnlyList<string> _lines;
    private readonly bool _hasClient;
    private readonly bool _marks;
    private readonly HashSet<string> _quoted;
    private readonly int _lastEndOfContent;

    private ReplyReader(string text)
    {
        _dialogue = new Dialogue(_secrets);
        _lines = LogicalLines.Of(text.Length > MaxCharacters ? text[..MaxCharacters] : text, MaxLine);
        var spoken = _lines.Select(SpokenLine.Read).OfType<SpokenLine>().ToList();
        _hasClient = spoken.Any(s => s.ByClient);
        _marks = _lines.Any(l => l.TrimStart().StartsWith("<<< ", StringComparison.Ordinal));
        _quoted = [.. spoken.Where(s => s is { ByClient: false, Marked: true }).Select(s => s.Text)];
        _lastEndOfContent = _lines.Count - 1;
        while (_lastEndOfContent >= 0 && !EndsContent(_lines[_lastEndOfContent]))
        {
            _lastEndOfContent--;
        }
    }

    public static IReadOnlyList<Finding> Read(string text)
    {
        var reader = new ReplyReader(text);
        reader.Run();
        return [.. reader._found.Select(f => f with { Input = reader._secrets.Mask(f.Input) })];
    }

    /// <summary>The lines of a text in which no reply was found, and its paragraphs, as if they were the words of one.</summary>
    public static IReadOnlyList<Finding> Words(string text)
    {
        var lines = LogicalLines.Of(text.Length > MaxWords ? text[..MaxWords] : text, MaxLine);
        var paragraphs = string.Join('\n', lines).Split("\n\n").Where(p => p.Contains('\n', StringComparison.Ordinal));
        return [.. lines.Concat(paragraphs).Select(w => w.Trim()).Where(w => w.Length > 0).Take(MostWords).Select(w => new Finding { Text = LogLine.WithoutHead(w).Replace('\n', ' '), Input = new Secrets().Mask(w) })];
    }

    private void Run()
    {
        for (var i = 0; i < _lines.Count && _found.Count < MaxReplies && !_secrets.Full; i++)
        {
            var line = _lines[i];
            var spoken = SpokenLine.Read(line);
            if (_hasClient && TakeClient(line, spoken))
            {
                continue;
            }

            if (spoken is { ByClient: false })
            {
                i = TakeReply(i, spoken);
            }
            else
            {
                i = TakeOther(i);
            }
        }

        Add(Untold(_report.Finish()));
    }

    // In a challenge the next line is the client's answer, and in the content every line is content, whatever they look like.
    private bool TakeClient(string line, SpokenLine? spoken)
    {
        if (spoken is { ByClient: true } || (spoken is null or { Marked: false } && _dialogue.InContent)
            || (spoken is null && _dialogue.ExpectsResponse && line.Length > 0))
        {
            // No credential begins with the mark that curl sets before what it sends.
            _dialogue.Client(spoken is { ByClient: true } ? spoken.Text : _dialogue.ExpectsResponse && line.StartsWith('>') ? line[1..].TrimStart() : line);
            return true;
        }

        return false;
    }

    private int TakeReply(int at, SpokenLine first)
    {
        var (texts, last, spoken) = (new List<string> { first.Text }, at, first);
        while (spoken.Continues && AfterBlank(last) is var following && following < _lines.Count && SpokenLine.Read(_lines[following]) is { ByClient: false } next && next.Text[..3] == first.Text[..3])
        {
            texts.Add(next.Text);
            (last, spoken) = (following, next);
        }

        if (ReplyText.Join(texts, string.Join('\n', _lines.Skip(at).Take(last - at + 1)), phase: null) is not { } reply)
        {
            return last;
        }

        Tell(reply);
        // Beside marked lines one without a mark is the program's own word, as in the bounces of Sendmail.
        Add(_hasClient && (first.Marked || !_marks) ? InDialogue(reply) : reply with { Phase = FreeText.Step(reply.Text) });
        if (_dialogue.InContent && _lastEndOfContent <= last)
        {
            _dialogue.LeaveOutContent();
        }

        return last;
    }

    // Some programs set an empty line between the lines of a reply.
    private int AfterBlank(int at) => at + 2 < _lines.Count && _lines[at + 1].Length == 0 ? at + 2 : at + 1;

    private Finding InDialogue(Finding reply)
    {
        var placed = _dialogue.Server(reply);
        // A transcript that begins in the middle: only these can be a greeting.
        return placed.Phase == "connect" && reply.Code is not ("220" or "421" or "521" or "554") ? placed with { Phase = null } : placed;
    }

    private int TakeOther(int at)
    {
        var line = _lines[at];
        // Sendmail names the reason with the recipient and shows the same reply in the dialogue below.
        if (Reason().Match(line) is { Success: true } reason && _quoted.Contains(reason.Groups["reply"].Value))
        {
            return at;
        }

        // What was returned answers nothing; the next mail of a mailbox may follow it.
        if (_found.Count > 0 && Copy().IsMatch(line))
        {
            return AfterCopy(at);
        }

        if (_report.Take(line, out var finished))
        {
            Add(Untold(finished));
            return at;
        }

        if (line.Length == 0)
        {
            Add(Untold(_report.Finish()));
            return at;
        }

        var found = FreeText.Tuples(line) is { Count: > 0 } tuples ? tuples
            : (FreeText.Exception(line) ?? LogLine.Read(line) ?? FreeText.Read(line)) is { } one ? [one]
            : Array.Empty<Finding>();
        var echo = FreeText.IsEcho(line);
        if (found.Count == 0 || (echo && found.All(IsTold)) || !_inputs.Add(line))
        {
            return at;
        }

        var last = found.Count > 1 ? at : LastOfReply(at, found[0].Code);
        foreach (var finding in found)
        {
            if (!echo)
            {
                Tell(finding);
            }

            Add(last == at ? finding : finding with { Text = Joined(at, last, ' '), Input = Joined(at, last, '\n') });
        }

        return last;
    }

    private int AfterCopy(int at)
    {
        Add(Untold(_report.Finish()));
        while (at + 1 < _lines.Count && !_lines[at + 1].StartsWith("From ", StringComparison.Ordinal))
        {
            at++;
        }

        return at;
    }

    // "Error: 535-5.7.8 Not accepted, see" and below it "535 5.7.8 https://…": one reply, with a program's words in front.
    private int LastOfReply(int at, string? code)
    {
        var last = at;
        while (code is not null && last + 1 < _lines.Count && _lines[last].Contains(code + "-", StringComparison.Ordinal)
            && SpokenLine.Read(_lines[last + 1]) is { ByClient: false } next && next.Text.StartsWith(code, StringComparison.Ordinal))
        {
            last++;
        }

        return last;
    }

    private string Joined(int from, int to, char by) => string.Join(by, _lines.Skip(from).Take(to - from + 1));

    // Echoes are not told themselves: two of them can speak of two recipients.
    private bool IsTold(Finding finding) =>
        _told.Keys.Any(t => t.Item1 == finding.Code && (finding.Enhanced is null || t.Item2 == finding.Enhanced));

    // A bounce says everything twice: once for people, once for programs.
    private void Tell(Finding finding) => _told[(finding.Code, finding.Enhanced)] = _told.GetValueOrDefault((finding.Code, finding.Enhanced)) + 1;

    private Finding? Untold(Finding? finding)
    {
        if (finding is null)
        {
            return null;
        }

        // The people's part may lack the enhanced code that the report adds.
        var key = _told.GetValueOrDefault((finding.Code, finding.Enhanced)) > 0 ? (finding.Code, finding.Enhanced) : _report.Repeats;
        if (_told.GetValueOrDefault(key) is not (> 0 and var times))
        {
            return finding;
        }

        _told[key] = times - 1;
        return null;
    }

    private void Add(Finding? finding)
    {
        if (finding is not null && _found.Count < MaxReplies)
        {
            _found.Add(finding);
        }
    }

    [GeneratedRegex(@"\(reason: (?<reply>[245]\d\d[ -].*)\)$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Reason();

    [GeneratedRegex(@"^[ -]{0,20}(?:(?:Below this line|This) is a copy of (?:the|your) message|(?:Unsent|Returned|Undelivered) message (?:follows|below)|Original message headers:$)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Copy();

    private static bool EndsContent(string line) =>
        line.Trim() == "." || (SpokenLine.Read(line) is { ByClient: true } spoken && spoken.Text.Trim() == ".");
}
