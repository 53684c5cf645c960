using System.Text.Json;
using Parley.Codes.Facts;

namespace Parley.Codes;

/// <summary>
/// What every reply means, in one language. Loading reads that language alone; each part of the data is parsed when
/// it is first needed. Safe for use by many threads.
/// </summary>
public sealed class Catalogue
{
    private const string Folder = "Languages/";
    private const string Fallback = "en";

    private readonly LanguageFile _texts;
    private readonly CodeTable _codes = new();
    private readonly Lazy<JsonFile> _pairs = new(() => JsonFile.Embedded("Data/pairs.json"));

    private Catalogue(LanguageFile texts) => _texts = texts;

    /// <summary>The codes of the languages in this build (<c>en</c>, …), sorted.</summary>
    public static IReadOnlyList<string> Languages =>
        [.. typeof(Catalogue).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Select(n => n[Folder.Length..^".json".Length])
            .Order(StringComparer.Ordinal)];

    /// <summary>The language's code (<c>en</c>).</summary>
    public string Language => _texts.Code;

    /// <summary>The language's own name (<c>English</c>).</summary>
    public string LanguageName => _texts.Name;

    /// <summary><c>ltr</c> or <c>rtl</c>.</summary>
    public string Direction => _texts.Direction;

    /// <summary>The three-digit codes, in ascending order.</summary>
    public IReadOnlyList<string> BasicCodes => _codes.BasicCodes;

    /// <summary>The rows of the enhanced codes: classes (<c>5.X.X</c>), subjects (<c>X.1.X</c>), codes (<c>X.1.1</c>).</summary>
    public IReadOnlyList<string> EnhancedRows => _codes.EnhancedRows;

    /// <summary>The enhanced codes with each class that occurs (<c>4.2.2</c>, <c>5.2.2</c>).</summary>
    public IReadOnlyList<string> EnhancedCodes => _codes.EnhancedCodes;

    /// <summary>The ids of the server's own replies that have an explanation.</summary>
    public IReadOnlyList<string> ReplyIds => _texts.Keys("replies");

    /// <summary>Loads a language of this build.</summary>
    /// <param name="language">Its code; see <see cref="ChooseLanguage"/> for a reader's wish.</param>
    /// <exception cref="ArgumentException">No such language is in this build.</exception>
    public static Catalogue Load(string language = Fallback) =>
        Languages.Contains(language, StringComparer.Ordinal)
            ? new Catalogue(new LanguageFile(JsonFile.Embedded($"{Folder}{language}.json")))
            : throw new ArgumentException($"No language '{language}'; there are: {string.Join(", ", Languages)}.", nameof(language));

    /// <summary>Loads a language from a file, as a translator does who tries his work.</summary>
    /// <exception cref="InvalidDataException">The file is not a language file; the message says where.</exception>
    public static Catalogue FromFile(string path)
    {
        using var stream = File.OpenRead(path);
        return new Catalogue(new LanguageFile(JsonFile.FromStream(stream, Path.GetFileName(path))));
    }

    /// <summary>The language of this build for a wish such as <c>fr</c>, <c>fr-CA</c> or <c>fr_FR.UTF-8</c>; null when there is none.</summary>
    public static string? ChooseLanguage(string? wish)
    {
        var primary = wish?.Split('-', '_', '.', '@')[0].ToLowerInvariant();
        return Languages.FirstOrDefault(l => l == primary);
    }

    /// <summary>Whether a text has the form of a code, known or not: three digits, or three numbers with dots.</summary>
    public static bool IsCode(string text) => CodeTable.IsBasic(text.Trim()) || EnhancedCode.TryParse(text.Trim()) is not null;

    /// <summary>The pairs that have a written paragraph, as they are named: <c>334-550</c>.</summary>
    public IReadOnlyList<string> WrittenPairs => _texts.Keys("pairs");

    /// <summary>
    /// Explains <c>550</c>, <c>5.1.1</c>, a row of the registry (<c>X.1.1</c>, <c>5.X.X</c>), or a number of a large
    /// provider (<c>5.7.515</c>); null for an unknown code.
    /// </summary>
    public Explanation? Explain(string code) => Facts(code) is { } facts ? Explain(facts) : ExplainVendor(code.Trim());

    /// <summary>What large providers and server programs mean by a code, in the order of the data; empty for most codes.</summary>
    public IReadOnlyList<Wording> Wordings(string code) =>
        [.. from p in Patterns.Providers
            where p.FitsCode(code) || p.FitsEnhanced(code)
            let texts = Advice(p)
            where texts is not null
            select new Wording(p.Provider ?? "", texts.Value.Text("cause") ?? "", texts.Value.Text("meaning") ?? "", texts.Value.Text("sender") ?? "", texts.Value.Text("operator") ?? "")];

    /// <summary>
    /// Explains one of the server's own replies, which says more than its code does; null for an unknown id.
    /// </summary>
    /// <param name="replyId">The reply's id, such as <c>relay-denied</c>.</param>
    /// <param name="code">The reply's code: its facts are added.</param>
    /// <param name="enhanced">The reply's enhanced code, or null.</param>
    public Explanation? ExplainReply(string replyId, string code, string? enhanced) =>
        _texts.Entry("replies", replyId) is { } texts && Facts(code, enhanced) is { } facts
            ? Build(texts, facts) with { Enhanced = enhanced }
            : null;

    /// <summary>Compares two codes; null when one of them is unknown. The order of the two changes sides, nothing else.</summary>
    public Comparison? Compare(string a, string b)
    {
        if (Facts(a) is not { } fa || Facts(b) is not { } fb || Explain(fa) is not { } ea || Explain(fb) is not { } eb)
        {
            return null;
        }

        var (written, example, swapped) = WrittenPair(fa.Code, fb.Code);
        var comparing = new Comparing(_texts, fa, fb);
        return new Comparison
        {
            A = ea,
            B = eb,
            Introduction = written?.Text("text"),
            Example = example,
            Differences = fa.Code == fb.Code ? [] : comparing.Differences(),
            WhenToUseWhich = comparing.WhenToUseWhich(written?.Text(swapped ? "b" : "a"), written?.Text(swapped ? "a" : "b")),
            Lang = Language,
        };
    }

    /// <summary>A label of the interface, such as <c>meaning</c> or <c>retry.later</c>.</summary>
    /// <exception cref="InvalidDataException">The language file lacks it.</exception>
    public string Label(string key) => _texts.Text("ui", key);

    /// <summary>A sentence of the reports to senders (delivery status notifications), with its placeholders in braces.</summary>
    /// <param name="key">Its key in the section <c>dsn</c>, such as <c>intro</c> or <c>cause.no-connection</c>.</param>
    /// <exception cref="InvalidDataException">The language file lacks it.</exception>
    public string ReportText(string key) => _texts.Text("dsn", key);

    /// <summary>What happened instead of a reply, in a sentence for the reports to senders; null for an unknown id.</summary>
    /// <param name="cause">The cause's id, such as <c>no-connection</c>.</param>
    public string? ReportCause(string cause) => _texts.Entry("dsn", "cause." + cause) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The name of a step that is answered: a verb stays as it is, <c>connect</c> has a name in each language.</summary>
    public string Moment(string command) =>
        _texts.Entry("ui", $"moment.{command}") is { ValueKind: JsonValueKind.String } name ? name.GetString()! : command;

    internal PatternTable Patterns { get; } = new();

    /// <summary>The texts for a recognised wording: cause, meaning, sender, operator.</summary>
    internal JsonElement? Advice(TextPattern pattern) => _texts.Entry(pattern.Section, pattern.Id);

    /// <summary>The cause's sentence of a wording or a situation, by its id.</summary>
    internal string? CauseOf(string id) => (_texts.Entry("advice", id) ?? _texts.Entry("providers", id))?.Text("cause");

    /// <summary>What the first digit alone tells of a code that nobody assigned; null where even that fails.</summary>
    internal CodeFacts? Unassigned(string code) =>
        (code.Contains('.') ? Facts($"X.{code.Split('.')[1]}.X") ?? Facts($"{code[0]}.X.X") : Facts($"{code[0]}.X.X")) is { } row
            ? row with { Code = code, Class = Facts($"{code[0]}.X.X")?.Class ?? row.Class, Retry = code[0] == '4' ? "later" : "no", Standing = "folk", Example = [], GoesWith = [] }
            : null;

    internal CodeFacts? Facts(string? code, string? enhanced) =>
        CodeFacts.Combine(code is null ? null : Facts(code), enhanced is null ? null : Facts(enhanced));

    internal CodeFacts? Facts(string code) => _codes.Find(code.Trim());

    internal Explanation? Explain(CodeFacts facts) =>
        _texts.Entry(facts.Entry.Section, facts.Entry.Key) is { } texts ? Build(texts, facts) : null;

    // A number that no registry holds and a large provider made its own: the class and the subject are the registry's.
    private Explanation? ExplainVendor(string code)
    {
        if (CodeTable.IsBasic(code) || EnhancedCode.TryParse(code) is not { Class: not null, Subject: not null, Detail: not null }
            || Patterns.Providers.FirstOrDefault(p => p.FitsEnhanced(code)) is not { } pattern
            || Unassigned(code) is not { } facts || Explain(facts) is not { } explanation || Advice(pattern) is not { } texts)
        {
            return null;
        }

        return explanation with
        {
            Meaning = texts.Text("meaning") ?? "",
            Causes = [texts.Text("cause") ?? ""],
            HowToFix = new HowToFix(Given(texts, "sender") ?? explanation.HowToFix.Sender, Given(texts, "operator") ?? explanation.HowToFix.Operator),
            Retry = pattern.Retry ?? explanation.Retry,
            WhoseMove = pattern.WhoseMove,
            GoesWith = pattern.ReplyCodes,
        };
    }

    private static string? Given(JsonElement texts, string field) => texts.Text(field) is { Length: > 0 } text ? text : null;

    // A pair is written once; asked for the other way round, its two halves change sides.
    private (JsonElement? Written, IReadOnlyList<string> Example, bool Swapped) WrittenPair(string a, string b)
    {
        foreach (var (key, swapped) in new[] { ($"{a}-{b}", false), ($"{b}-{a}", true) })
        {
            if (_texts.Entry("pairs", key) is { } written)
            {
                return (written, _pairs.Value.Find(key)?.Texts("example") ?? [], swapped);
            }
        }

        return (null, [], false);
    }

    private Explanation Build(JsonElement texts, CodeFacts facts) => new()
    {
        Code = facts.Code,
        Enhanced = facts.IsEnhanced ? facts.Code : null,
        Title = texts.Text("title") ?? "",
        Class = facts.Class,
        Standing = facts.Standing,
        Commands = facts.Commands,
        Meaning = texts.Text("meaning") ?? "",
        WhenYouSeeIt = texts.Text("whenYouSeeIt") ?? "",
        Causes = texts.Texts("causes"),
        HowToFix = new HowToFix(texts.Text("sender") ?? "", texts.Text("operator") ?? ""),
        Retry = facts.Retry,
        WhoseMove = facts.WhoseMove,
        Example = facts.Example,
        References = facts.References,
        Related = facts.Related,
        GoesWith = facts.GoesWith,
        Lang = Language,
    };
}
