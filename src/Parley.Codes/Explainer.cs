using System.Text.Json;
using Parley.Codes.Facts;
using Parley.Codes.Reading;

namespace Parley.Codes;

/// <summary>
/// Explains texts: a reply of one line or many, a log line (Postfix, Exim, Exchange, Sendmail), a bounce (RFC 3464 or
/// plain words), the message of an exception, or a whole transcript.
/// </summary>
public static class Explainer
{
    /// <summary>How much of a text is read, in characters; what follows is left out.</summary>
    public const int MaxCharacters = ReplyReader.MaxCharacters;

    /// <summary>How many replies of one text are explained.</summary>
    public const int MaxReplies = ReplyReader.MaxReplies;

    /// <summary>
    /// Explains every reply in a text, in the order of the text; empty when there is none. Credentials of a pasted
    /// session never appear in what is returned. Never throws on account of the text.
    /// </summary>
    public static IReadOnlyList<ReplyExplanation> Explain(Catalogue catalogue, string text)
    {
        var recogniser = new Recogniser(catalogue.Patterns);
        return [.. Found(recogniser, LogicalLines.Plain(text.Length > MaxCharacters ? text[..MaxCharacters] : text)).Select(f => Explain(catalogue, recogniser, f)).OfType<ReplyExplanation>()];
    }

    // A mail is read part by part; only where that yields nothing its raw text is looked at.
    private static IReadOnlyList<Finding> Found(Recogniser recogniser, string text)
    {
        var words = MailText.Of(text) ?? "";
        return ReplyReader.Read(words) is { Count: > 0 } parts ? WithWords(recogniser, parts, words)
            : ByWording(recogniser, words) is { Count: > 0 } told ? told
            : ReplyReader.Read(text) is { Count: > 0 } found ? WithWords(recogniser, found, text)
            : ByWording(recogniser, text);
    }

    // A report that gives a number alone: why, stands in the part for people.
    private static IReadOnlyList<Finding> WithWords(Recogniser recogniser, IReadOnlyList<Finding> found, string text) =>
        found is [{ Code: null, Text.Length: 0 } one] && recogniser.MostTelling(ReplyReader.Words(text)) is { } telling ? [one with { Text = telling.Text }] : found;

    // Without any number: a program that tells only what went wrong ("Connection refused"), and bounces for people.
    private static IReadOnlyList<Finding> ByWording(Recogniser recogniser, string text) =>
        recogniser.MostTelling(ReplyReader.Words(text)) is { } telling ? [telling] : [];

    private static ReplyExplanation? Explain(Catalogue catalogue, Recogniser recogniser, Finding finding)
    {
        var (pattern, provider) = recogniser.Recognise(finding);
        finding = WithImplied(finding, pattern);
        var basic = finding.Code is null ? null : catalogue.Facts(finding.Code) ?? catalogue.Unassigned(finding.Code);
        var enhanced = finding.Enhanced is null ? null : catalogue.Facts(finding.Enhanced) ?? catalogue.Unassigned(finding.Enhanced);
        if (CodeFacts.Combine(basic, enhanced) is not { } facts)
        {
            return null;
        }

        var ownSense = recogniser.IsOwnSense(finding, pattern);
        if (catalogue.Explain(Teller(basic, enhanced, ownSense)) is not { } told)
        {
            return null;
        }

        var advice = pattern is null ? null : catalogue.Advice(pattern);
        return new ReplyExplanation
        {
            Code = facts.Code,
            Enhanced = finding.Enhanced,
            Title = told.Title,
            Class = facts.Class,
            Standing = facts.Standing,
            Commands = facts.Commands,
            Meaning = advice?.Text("meaning") ?? told.Meaning,
            WhenYouSeeIt = told.WhenYouSeeIt,
            Causes = [.. told.Causes.Skip(basic is null && FailsWithoutDetail(finding.Enhanced) ? 1 : 0)],
            HowToFix = new HowToFix(Given(advice, "sender") ?? told.HowToFix.Sender, Given(advice, "operator") ?? told.HowToFix.Operator),
            Retry = pattern?.Retry ?? facts.Retry,
            WhoseMove = pattern?.WhoseMove ?? facts.WhoseMove,
            Example = facts.Example,
            References = facts.References,
            Related = facts.Related,
            GoesWith = facts.GoesWith,
            Lang = catalogue.Language,
            Input = finding.Input,
            Phase = finding.Phase ?? pattern?.Phase ?? (facts.Phases is [not "any"] ? facts.Phases[0] : null),
            Provider = provider,
            Cause = advice?.Text("cause") ?? told.Title,
            IsRecognised = advice is not null,
            Throttle = pattern?.Throttle ?? false,
            Conflicts = new Conflicts(catalogue, finding, pattern, ownSense).Of(basic, enhanced),
        };
    }

    // The enhanced code is nearer to the cause, unless it gives no detail, is used in another sense than the registry's,
    // or contradicts the reply: then the first digit decides.
    private static CodeFacts Teller(CodeFacts? basic, CodeFacts? enhanced, bool ownSense) =>
        basic is null ? enhanced!
        : enhanced is null || basic.Class != enhanced.Class || enhanced.SaysLessThan(basic) || ownSense ? basic
        : enhanced;

    // 4.0.0 and 5.0.0 share their text with 2.0.0, whose cause stands first.
    private static bool FailsWithoutDetail(string? enhanced) => enhanced is ['4' or '5', '.', '0', '.', ..];

    // Some programs tell the wording and leave the number out.
    private static Finding WithImplied(Finding finding, TextPattern? pattern) =>
        finding.Code is not null || finding.Enhanced is not null ? finding
        : (pattern?.Implies ?? pattern?.ReplyCodes.FirstOrDefault()) is not { } implied ? finding
        : Class(finding, implied) is var told && told.Contains('.') ? finding with { Enhanced = told } : finding with { Code = told };

    // "defer" says that it passes, whatever the words mean elsewhere.
    private static string Class(Finding finding, string implied) =>
        !finding.Deferred || implied[0] == '4' ? implied : implied.Contains('.') ? $"4{implied[1..]}" : "450";

    private static string? Given(JsonElement? advice, string field) => advice?.Text(field) is { Length: > 0 } text ? text : null;
}
