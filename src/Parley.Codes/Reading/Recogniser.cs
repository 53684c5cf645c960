using System.Text.RegularExpressions;
using Parley.Codes.Facts;

namespace Parley.Codes.Reading;

/// <summary>Finds the wording that tells a reply's cause, and whether it gives the provider away.</summary>
internal sealed partial class Recogniser(PatternTable patterns)
{
    private const int LongestText = 1000;
    private const int Milliseconds = 5000;

    /// <summary>The cause's wording and the provider, each null where nothing is recognised.</summary>
    public (TextPattern? Pattern, string? Provider) Recognise(Finding finding)
    {
        var signed = Signed(finding);
        if (finding.Situations.Select(patterns.Situation).FirstOrDefault(s => s?.FitsCode(finding.Code) == true) is { } proved)
        {
            return (proved, signed);
        }

        // A step that worked has no cause to look for.
        if (finding.Code is { } code && code[0] is '2' or '3')
        {
            return (null, signed);
        }

        var best = Best(finding, signed).Pattern;
        best = best is null or { Vague: true } ? Stated(finding, best) : best;
        return (best, best?.Provider ?? signed);
    }

    /// <summary>Of words without any number those that tell most, the first where several do; null where none tells a cause.</summary>
    public Finding? MostTelling(IReadOnlyList<Finding> words) =>
        words.Select(w => (Words: w, Best: Best(w, Signed(w))))
            .Where(x => x.Best.Pattern is { } p && (p.Implies ?? p.Provider) is not null)
            .OrderByDescending(x => x.Best.Score)
            .FirstOrDefault().Words;

    private (TextPattern? Pattern, int Score) Best(Finding finding, string? signed)
    {
        var text = Whole(finding);
        return patterns.Providers.Concat(patterns.Situations)
            .Select(p => (Pattern: p, Score: Score(p, finding, signed)))
            .Where(x => x.Score > 0)
            .OrderByDescending(x => x.Score)
            .FirstOrDefault(x => x.Pattern.Matches(text));
    }

    // Words that say no more than "refused" tell less than a number with one meaning, and as much as a number with many.
    private TextPattern? Stated(Finding finding, TextPattern? vague) =>
        finding.Enhanced is not { } enhanced || finding.Text.Length == 0 ? vague
        : vague is not null && patterns.Sense(enhanced) is { Broad: false } stated ? stated
        : vague ?? patterns.Situations.FirstOrDefault(s => s.Vague && s.FitsEnhanced(enhanced) && !enhanced.EndsWith(".0", StringComparison.Ordinal)
            && (finding.Code is not { } code || s.FitsCode(code) || (s.ReplyCodes.Count == 0 && code[0] == enhanced[0])));

    /// <summary>
    /// Whether the words give one cause and the enhanced code states another: then the server does not use the number in
    /// the registry's sense. Of a provider's wording it is known; else the number must stand for one cause alone, and
    /// nothing in the words speak of that.
    /// </summary>
    public bool IsOwnSense(Finding finding, TextPattern? pattern) =>
        finding.Enhanced is { } enhanced && pattern is not null
        && (pattern.OwnSense.Contains(enhanced)
            || (pattern is { Provider: null, Broad: false } && patterns.Sense(enhanced) is { Broad: false } stated && stated != pattern && !stated.Matches(Whole(finding))));

    // A provider's own words beat words that many share; a host name of that provider beats both. Clear words count even
    // where the number is another than usual, as long as its first digit agrees.
    private static int Score(TextPattern p, Finding finding, string? signed)
    {
        if (p.Generic && p.Provider != signed)
        {
            return 0;
        }

        if (!p.Fits(finding.Code, finding.Enhanced))
        {
            // A login's words stand in many texts, and a client's mistake has the number of its command.
            return p.Broad || p.Phase == "auth" || p is { Provider: null, WhoseMove: "client" } || !p.SharesClass(finding.Code ?? finding.Enhanced) ? 0
                : p.Provider is not null && IsOf(p.Provider, signed) ? 20 : 10;
        }

        var fit = (p.FitsEnhanced(finding.Enhanced) ? 2 : 0) + (p.FitsCode(finding.Code) ? 1 : 0);
        var partly = finding.Enhanced is not null && p.Enhanced.Count > 0 && !p.FitsEnhanced(finding.Enhanced);
        return fit + (p.Provider is null ? (p.Vague ? 1 : p.Broad ? 45 : 50) : IsOf(p.Provider, signed) ? 100 : partly || signed is not null ? 40 : 60);
    }

    // Outlook.com answers from the hosts of Exchange Online.
    private static bool IsOf(string provider, string? signed) => provider == signed || (provider, signed) is ("Outlook.com", "Exchange Online");

    // The sender's address names the provider of somebody else.
    private string? Signed(Finding finding) => patterns.Signed(finding.Own ? finding.Text : Sender().Replace(finding.Input, ""));

    // The name before an @ is nobody's word for a cause: <unknown-user@example.net>.
    private static string Whole(Finding f)
    {
        var text = string.Join(' ', new[] { f.Code, f.Enhanced, f.Text }.Where(part => part is not null));
        return LocalPart().Replace(text.Length > LongestText ? text[..LongestText] : text, "@");
    }

    [GeneratedRegex(@"\b(?:from|F|sender|MAIL FROM:)[=:]? ?<[^<>\s]{0,320}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Sender();

    [GeneratedRegex(@"(?<![^\s<>()\[\]""':;,=])[^\s<>()\[\]""':;,=@]{1,64}@(?=[\w\[])", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex LocalPart();
}
