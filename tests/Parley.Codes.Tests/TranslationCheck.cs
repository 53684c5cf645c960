using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Codes.Tests;

/// <summary>What is wrong with a language file beside the English one; every fault is a line with its place.</summary>
internal sealed partial class TranslationCheck
{
    // What is the same in two languages by right: settings of the layout, steps named by their verb, and words that are spelled alike.
    private static readonly HashSet<string> SameByRight = new(StringComparer.Ordinal)
    {
        "language/direction", "ui/wrap", "ui/listSeparator", "ui/colon",
        "ui/phase.ehlo", "ui/phase.mail", "ui/phase.rcpt", "ui/phase.data", "ui/phase.bdat", "ui/phase.auth", "ui/phase.starttls", "ui/phase.rset",
        "ui/phase.vrfy", "ui/phase.expn", "ui/phase.help", "ui/phase.quit", "ui/phase.etrn",
        "fr: ui/cause", "fr: ui/code", "fr: ui/codes",
    };

    private static readonly HashSet<string> Settings = new(StringComparer.Ordinal) { "language/code", "language/direction", "ui/wrap" };

    private readonly string _language;
    private readonly Dictionary<string, string> _english;
    private readonly Dictionary<string, string> _texts;
    private readonly Dictionary<string, string[]> _englishTerms;
    private readonly Dictionary<string, string[]> _terms;
    private readonly Dictionary<string, string> _termOf;
    private readonly Regex _anyForm;

    public TranslationCheck(JsonElement english, JsonElement translation)
    {
        _language = translation.GetProperty("language").GetProperty("code").GetString()!;
        (_english, _texts) = (Texts(english), Texts(translation));
        (_englishTerms, _terms) = (Glossary(english), Glossary(translation));
        _termOf = _englishTerms.SelectMany(t => t.Value.Select(form => (Form: form, Term: t.Key))).ToDictionary(f => f.Form, f => f.Term, StringComparer.OrdinalIgnoreCase);
        // The longest form first, so that a "reply code" asks for its own word and not for that of a reply too.
        var forms = string.Join('|', _termOf.Keys.OrderByDescending(f => f.Length).Select(Regex.Escape));
        _anyForm = new Regex($@"\b(?:{forms})\b", RegexOptions.IgnoreCase);
    }

    /// <summary>How many texts are filled; the glossary's forms are no texts.</summary>
    public int Filled => _texts.Values.Count(t => !string.IsNullOrWhiteSpace(t));

    /// <summary>The name tells the script: one whose name has no Latin letter is not written in Latin letters.</summary>
    private bool IsWrittenInLatin => _texts["language/name"].Any(IsLatin);

    public IEnumerable<string> MissingOrTooMany() =>
        _english.Keys.Except(_texts.Keys).Concat(_englishTerms.Keys.Except(_terms.Keys).Select(t => $"glossary/{t}")).Select(p => $"{p} is missing")
            .Concat(_texts.Keys.Except(_english.Keys).Concat(_terms.Keys.Except(_englishTerms.Keys).Select(t => $"glossary/{t}")).Select(p => $"{p} is not in the English file"));

    public IEnumerable<string> Empty() =>
        _texts.Where(t => string.IsNullOrWhiteSpace(t.Value)).Select(t => t.Key)
            .Concat(_terms.Where(t => t.Value.Length == 0 || t.Value.Any(string.IsNullOrWhiteSpace)).Select(t => $"glossary/{t.Key}"));

    public IEnumerable<string> LeftInEnglish() =>
        Pairs().Where(p => p.Own == p.English && !SameByRight.Contains(p.Path) && !SameByRight.Contains($"{_language}: {p.Path}")).Select(p => $"{p.Path}: {p.Own}");

    /// <summary>Texts, and forms of the glossary, that are mostly Latin letters in a language of another script.</summary>
    public IEnumerable<string> MostlyLatin() => IsWrittenInLatin ? [] :
        _texts.Where(t => !Settings.Contains(t.Key) && IsMostlyLatin(WithoutTheWire(t.Value))).Select(t => $"{t.Key}: {t.Value}")
            .Concat(_terms.SelectMany(t => t.Value.Where(IsMostlyLatin).Select(form => $"glossary/{t.Key}: {form}")));

    public IEnumerable<string> LostPlaceholders() =>
        from p in Pairs()
        from lost in In(Placeholder(), p.English).Except(In(Placeholder(), p.Own)).Concat(In(Placeholder(), p.Own).Except(In(Placeholder(), p.English)))
        select $"{p.Path}: {lost} in: {p.Own}";

    public IEnumerable<string> LostNumbers() =>
        from p in Pairs()
        from lost in In(Number(), p.English).Except(In(Number(), p.Own))
        select $"{p.Path}: {lost} in: {p.Own}";

    /// <summary>Texts whose English has a term of the glossary and that have none of its forms.</summary>
    public IEnumerable<string> TermsNotUsed() =>
        from p in Pairs()
        from term in TermsIn(p.English)
        where !_terms[term].Any(form => p.Own.Contains(form, StringComparison.OrdinalIgnoreCase))
        select $"{p.Path}: {term} in: {p.English} | {p.Own}";

    /// <summary>How often a term of the glossary stands in an English text.</summary>
    public int TermUses => Pairs().Sum(p => TermsIn(p.English).Count());

    private IEnumerable<(string Path, string English, string Own)> Pairs() =>
        _english.Where(e => _texts.ContainsKey(e.Key)).Select(e => (e.Key, e.Value, _texts[e.Key]));

    private IEnumerable<string> TermsIn(string english) => _anyForm.Matches(WithoutTheWire(english)).Select(m => _termOf[m.Value]).Distinct();

    private static bool IsMostlyLatin(string text)
    {
        var letters = text.Count(char.IsLetter);
        return letters > 0 && text.Count(IsLatin) * 2 > letters;
    }

    private static bool IsLatin(char c) => char.IsLetter(c) && c < 'ɐ';

    private static string WithoutTheWire(string text) =>
        ProductNames().Replace(AllCapitals().Replace(Identifier().Replace(Quoted().Replace(text, " "), " "), " "), " ");

    private static IEnumerable<string> In(Regex pattern, string text) => pattern.Matches(text).Select(m => m.Value).Distinct();

    private static Dictionary<string, string> Texts(JsonElement file) =>
        TestData.Leaves(file).Where(l => !l.Path.StartsWith("glossary/", StringComparison.Ordinal)).ToDictionary(l => l.Path, l => l.Text, StringComparer.Ordinal);

    private static Dictionary<string, string[]> Glossary(JsonElement file) =>
        file.GetProperty("glossary").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.EnumerateArray().Select(f => f.GetString()!).ToArray(), StringComparer.Ordinal);

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex Placeholder();

    // Digits beside letters count: not every script sets a space between a word and a number.
    [GeneratedRegex(@"(?<![0-9.])(?:[0-9]\.[0-9]{1,3}\.[0-9]{1,3}|[0-9]{3})(?![0-9]|\.[0-9])")]
    private static partial Regex Number();

    [GeneratedRegex("\\{[^}]*\\}|<[^>]*>|\"[^\"]*\"|“[^”]*”|„[^“]*“|«[^»]*»|`[^`]*`")]
    private static partial Regex Quoted();

    // Host names, paths, options, codes, and commands of the program.
    [GeneratedRegex(@"\bparley(?: [a-z]+)+|[A-Za-z0-9]+(?:[._@/+=:-]+[A-Za-z0-9]+)+|[A-Za-z]*[0-9_@][A-Za-z0-9_@]*")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"(?<![A-Za-z])[A-Z][A-Z0-9]+(?![A-Za-z])")]
    private static partial Regex AllCapitals();

    [GeneratedRegex(@"\b(?:Exchange Online|Google Workspace|Auto Allow|Permitted Senders|Sender Hub|Gmail|Google|Microsoft|Yahoo|Postfix|Exim|Sendmail|Mimecast|Apple|iCloud|Zoho|Spamhaus|GoDaddy|Proofpoint|SendGrid)\b")]
    private static partial Regex ProductNames();
}
