using System.Text;

namespace Parley.Codes;

/// <summary>Writes explanations and comparisons for a terminal.</summary>
public sealed class PlainText
{
    private const int Width = 80;

    private readonly Catalogue _catalogue;
    private readonly TextWriter _writer;
    private readonly bool _colour;

    /// <summary>Prepares to write.</summary>
    /// <param name="catalogue">The language of headings and labels.</param>
    /// <param name="writer">Where to write.</param>
    /// <param name="colour">Whether to use bold and colour (ANSI); for a terminal only.</param>
    public PlainText(Catalogue catalogue, TextWriter writer, bool colour)
    {
        (_catalogue, _writer, _colour) = (catalogue, writer, colour);
    }

    /// <summary>Writes one code, whole.</summary>
    public void Write(Explanation e)
    {
        Heading(e);
        Paragraphs(e);
        Facts(e);
    }

    /// <summary>Writes the replies found in a text, each with its input and cause before the rest.</summary>
    public void Write(IReadOnlyList<ReplyExplanation> replies)
    {
        foreach (var (i, e) in replies.Index())
        {
            if (i > 0)
            {
                _writer.WriteLine();
            }

            foreach (var line in e.Input.Split('\n'))
            {
                _writer.WriteLine(Dim("> " + Printable(line)));
            }

            Heading(e);
            if (e.IsRecognised)
            {
                Section("cause", e.Cause);
            }

            Section("meaning", e.Meaning);
            if (!e.IsRecognised && e.Class is not ("success" or "intermediate"))
            {
                Causes(e);
            }

            HowToFix(e);
            _writer.WriteLine();
            Pair("retry", Retry(e));
            Pair("whoseMove", _catalogue.Label($"whoseMove.{e.WhoseMove}"));
            Pair("phase", e.Phase is { } phase ? _catalogue.Label($"phase.{phase}") : null);
            Pair("provider", e.Provider);
            foreach (var conflict in e.Conflicts)
            {
                Section("conflict", conflict);
            }
        }
    }

    /// <summary>Writes two codes side by side: what differs first, then each on its own.</summary>
    public void Write(Comparison c)
    {
        _writer.WriteLine(Bold($"{c.A.Code}  {c.A.Title}"));
        _writer.WriteLine(Bold($"{c.B.Code}  {c.B.Title}"));
        if (c.Introduction is { } introduction)
        {
            _writer.WriteLine();
            Wrapped(introduction, "");
        }

        Title("differences");
        foreach (var d in c.Differences)
        {
            _writer.WriteLine($"  {Bold(d.Aspect)}");
            Wrapped(d.A, "    ", "- ");
            Wrapped(d.B, "    ", "- ");
        }

        Title("whenToUseWhich");
        foreach (var w in c.WhenToUseWhich)
        {
            Wrapped(w.When, "  ", $"{w.Code}  ");
        }

        Dialogue(c.Example);
        foreach (var e in new[] { c.A, c.B })
        {
            _writer.WriteLine();
            Heading(e);
            Section("meaning", e.Meaning);
            Section("whenYouSeeIt", e.WhenYouSeeIt);
            HowToFix(e);
        }
    }

    private void Heading(Explanation e)
    {
        var codes = e.Enhanced is { } enhanced && enhanced != e.Code ? $"{e.Code} {enhanced}" : e.Code;
        _writer.WriteLine(Bold(Coloured($"{codes}  {e.Title}", e.Class)));
        var facts = new[] { _catalogue.Label($"class.{e.Class}"), _catalogue.Label($"standing.{e.Standing}") };
        _writer.WriteLine(Dim(string.Join(" · ", facts)));
    }

    private void Paragraphs(Explanation e)
    {
        Section("meaning", e.Meaning);
        Section("whenYouSeeIt", e.WhenYouSeeIt);
        Causes(e);
        HowToFix(e);
        Dialogue(e.Example);
    }

    private void Causes(Explanation e)
    {
        Title("causes");
        foreach (var cause in e.Causes)
        {
            Wrapped(cause, "  ", "- ");
        }
    }

    private void HowToFix(Explanation e)
    {
        Title("howToFix");
        Wrapped(e.HowToFix.Sender, "  ", _catalogue.Label("sender") + _catalogue.Label("colon"));
        Wrapped(e.HowToFix.Operator, "  ", _catalogue.Label("operator") + _catalogue.Label("colon"));
    }

    private void Facts(Explanation e)
    {
        _writer.WriteLine();
        Pair("retry", Retry(e));
        Pair("whoseMove", _catalogue.Label($"whoseMove.{e.WhoseMove}"));
        Pair("commands", List(e.Commands.Select(_catalogue.Moment)));
        Pair(e.Enhanced is null ? "goesWithEnhanced" : "goesWithBasic", List(e.GoesWith));
        Pair("references", List(e.References.Select(r => $"RFC {r.Rfc} §{r.Section}")));
        Pair("related", List(e.Related));
    }

    // After a success there is nothing to repeat, which is another "no" than that of a refusal.
    private string Retry(Explanation e) => _catalogue.Label(e.Class is "success" or "intermediate" ? "retry.nothing" : $"retry.{e.Retry}");

    private string? List(IEnumerable<string> items) => string.Join(_catalogue.Label("listSeparator"), items) is { Length: > 0 } list ? list : null;

    private void Dialogue(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        Title("example");
        foreach (var line in lines)
        {
            _writer.WriteLine("  " + line);
        }
    }

    private void Section(string label, string text)
    {
        Title(label);
        Wrapped(text, "  ");
    }

    private void Title(string label)
    {
        _writer.WriteLine();
        _writer.WriteLine(Bold(_catalogue.Label(label)));
    }

    private void Pair(string label, string? value)
    {
        if (value is not null)
        {
            Wrapped(value, "", _catalogue.Label(label) + _catalogue.Label("colon"));
        }
    }

    // Breaks at spaces; the first line begins with a lead, the others are indented as far.
    private void Wrapped(string text, string indent, string lead = "")
    {
        var hang = new string(' ', Math.Min(lead.Length, 6));
        var line = new StringBuilder(indent).Append(lead);
        var empty = true;
        foreach (var word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                _writer.WriteLine(line);
                line.Clear().Append(indent).Append(hang);
                empty = true;
            }

            line.Append(empty ? "" : " ").Append(word);
            empty = false;
        }

        _writer.WriteLine(line);
    }

    // A pasted text is shown again: it must not be able to steer the terminal.
    private static string Printable(string line) => string.Concat(line.Select(c => char.IsControl(c) ? '�' : c));

    private string Bold(string text) => _colour ? $"\e[1m{text}\e[0m" : text;

    private string Dim(string text) => _colour ? $"\e[2m{text}\e[0m" : text;

    private string Coloured(string text, string replyClass) => (_colour, replyClass) switch
    {
        (false, _) => text,
        (_, "success") => $"\e[32m{text}",
        (_, "intermediate") => $"\e[36m{text}",
        (_, "transient") => $"\e[33m{text}",
        _ => $"\e[31m{text}",
    };
}
