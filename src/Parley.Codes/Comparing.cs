using System.Text.Json;
using Parley.Codes.Facts;

namespace Parley.Codes;

/// <summary>
/// Makes a comparison out of facts. Each aspect has, in the language file, whole sentences for a value or for a pair of
/// values; the only things put into them are codes, and lists behind a colon, so that no language has to inflect them.
/// </summary>
internal sealed class Comparing(LanguageFile texts, CodeFacts a, CodeFacts b)
{
    private const string Section = "differences";
    private const int Few = 3;

    // The weightiest first: this is also the order in which the differences are told.
    private static readonly (string Aspect, Func<CodeFacts, string?> Value)[] Aspects =
    [
        ("kind", f => f.IsEnhanced ? "enhanced" : "basic"),
        ("class", f => f.Class),
        ("retry", f => f.Retry),
        ("client", f => f.Client),
        ("session", f => f.Session),
        ("subject", f => f.Subject),
        ("whoseMove", f => f.WhoseMove),
        ("standing", f => f.Standing),
    ];

    // Which difference tells best when to use which: what the client does next says more than the class does.
    private static readonly string[] Telling = ["kind", "client", "class", "subject", "retry", "session", "standing", "whoseMove"];

    /// <summary>What differs; an aspect in which both agree is left out.</summary>
    public IReadOnlyList<Difference> Differences()
    {
        var found = Differing().Select(x => Sentences(x.Aspect, x.A, x.B)).OfType<Difference>().ToList();
        if (SetDifference("commands", a.Commands, b.Commands) is { } commands)
        {
            found.Add(commands);
        }

        if (a.IsEnhanced == b.IsEnhanced && SetDifference("goesWith", a.GoesWith, b.GoesWith) is { } goesWith)
        {
            found.Add(goesWith);
        }

        // Two codes can share nearly every fact and yet name different things; then their names are the difference.
        if (found.Count < Few)
        {
            found.Insert(0, new Difference(Title("name"), Fill(Own("name", "any")!, a.Code, b.Code, Name(a)), Fill(Own("name", "any")!, b.Code, a.Code, Name(b))));
        }

        return found;
    }

    /// <summary>One sentence for each: the written ones, else those of the most telling difference.</summary>
    public IReadOnlyList<Choice> WhenToUseWhich(string? writtenA, string? writtenB)
    {
        if (writtenA is not null && writtenB is not null)
        {
            return [new Choice(a.Code, writtenA), new Choice(b.Code, writtenB)];
        }

        var differing = Differing().ToDictionary(x => x.Aspect);
        foreach (var aspect in Telling)
        {
            if (differing.TryGetValue(aspect, out var x) && When(aspect, x.A) is { } whenA && When(aspect, x.B) is { } whenB)
            {
                return [new Choice(a.Code, Fill(whenA, a.Code, b.Code)), new Choice(b.Code, Fill(whenB, b.Code, a.Code))];
            }
        }

        return [new Choice(a.Code, WhenYouSeeIt(a)), new Choice(b.Code, WhenYouSeeIt(b))];
    }

    private IEnumerable<(string Aspect, string A, string B)> Differing() =>
        from x in Aspects
        let va = x.Value(a)
        let vb = x.Value(b)
        where va is { Length: > 0 } && vb is { Length: > 0 } && va != vb
        select (x.Aspect, va, vb);

    private Difference? Sentences(string aspect, string va, string vb)
    {
        if (Pair(aspect, va, vb) is { } pair)
        {
            return new Difference(Title(aspect), Fill(pair.Text("a")!, a.Code, b.Code), Fill(pair.Text("b")!, b.Code, a.Code));
        }

        if (Pair(aspect, vb, va) is { } swapped)
        {
            return new Difference(Title(aspect), Fill(swapped.Text("b")!, a.Code, b.Code), Fill(swapped.Text("a")!, b.Code, a.Code));
        }

        return Own(aspect, va) is { } own && Own(aspect, vb) is { } other
            ? new Difference(Title(aspect), Fill(own, a.Code, b.Code), Fill(other, b.Code, a.Code))
            : null;
    }

    private Difference? SetDifference(string aspect, IReadOnlyList<string> ofA, IReadOnlyList<string> ofB)
    {
        if (ofA.ToHashSet().SetEquals(ofB))
        {
            return null;
        }

        return new Difference(Title(aspect), SetSentence(aspect, a.Code, ofA, ofB), SetSentence(aspect, b.Code, ofB, ofA));
    }

    private string SetSentence(string aspect, string code, IReadOnlyList<string> own, IReadOnlyList<string> other)
    {
        var beyond = own.Except(other).ToList();
        var (key, list) = own.Count == 0 ? ("none", own)
            : own.Contains("any") ? ("any", own)
            : beyond.Count == 0 ? ("common", own)
            : beyond.Count == own.Count || other.Contains("any") ? ("all", own)
            : ("beyond", beyond);
        return Fill(Own(aspect, key)!, code, code == a.Code ? b.Code : a.Code, string.Join(texts.Text("ui", "listSeparator"), list.Select(Moment)));
    }

    // A moment that is no verb ("connection") has a name in each language.
    private string Moment(string command) =>
        texts.Entry("ui", $"moment.{command}") is { ValueKind: JsonValueKind.String } name ? name.GetString()! : command;

    private string Title(string aspect) =>
        texts.Entry(Section, aspect)?.Text("title") ?? throw new InvalidDataException($"{texts.Code}: {Section}.{aspect}.title is missing; copy it from en.json and translate it.");

    private string? Own(string aspect, string value) => In(aspect, "sentences")?.Text(value);

    private JsonElement? Pair(string aspect, string va, string vb) =>
        In(aspect, "sentences") is { } s && s.TryGetProperty($"{va}/{vb}", out var pair) ? pair : null;

    private string? When(string aspect, string value) => In(aspect, "when")?.Text(value);

    private JsonElement? In(string aspect, string part) =>
        texts.Entry(Section, aspect) is { } at && at.TryGetProperty(part, out var inner) ? inner : null;

    private string Name(CodeFacts facts) => texts.Entry(facts.Entry.Section, facts.Entry.Key)?.Text("title") ?? "";

    private string WhenYouSeeIt(CodeFacts facts) => texts.Entry(facts.Entry.Section, facts.Entry.Key)?.Text("whenYouSeeIt") ?? "";

    private static string Fill(string sentence, string code, string other, string list = "") =>
        sentence.Replace("{code}", code, StringComparison.Ordinal)
            .Replace("{other}", other, StringComparison.Ordinal)
            .Replace("{list}", list, StringComparison.Ordinal);
}
