using Parley.Codes.Facts;

namespace Parley.Codes.Reading;

/// <summary>Finds the wording that tells a reply's cause, and whether it gives the provider away.</summary>
internal sealed class Recogniser(PatternTable patterns)
{
    private const int LongestText = 1000;

    /// <summary>The cause's wording and the provider, each null where nothing is recognised.</summary>
    public (TextPattern? Pattern, string? Provider) Recognise(Finding finding)
    {
        var signed = patterns.Signed(finding.Input);
        if (finding.Situations.Select(patterns.Situation).FirstOrDefault(s => s?.FitsCode(finding.Code) == true) is { } proved)
        {
            return (proved, signed);
        }

        // A step that worked has no cause to look for.
        if (finding.Code is { } code && code[0] is '2' or '3')
        {
            return (null, signed);
        }

        var text = Whole(finding);
        var best = patterns.Providers.Concat(patterns.Situations)
            .Select(p => (Pattern: p, Score: Score(p, finding, signed)))
            .Where(x => x.Score > 0)
            .OrderByDescending(x => x.Score)
            .FirstOrDefault(x => x.Pattern.Matches(text)).Pattern;
        return (best, best?.Provider ?? signed);
    }

    /// <summary>
    /// Whether the words give one cause and the enhanced code states another: then the server does not use the number in
    /// the registry's sense. Of a provider's wording it is known; else the number must stand for one cause alone, and
    /// nothing in the words speak of that.
    /// </summary>
    public bool IsOwnSense(Finding finding, TextPattern? pattern) =>
        finding.Enhanced is { } enhanced && pattern is not null
        && (pattern.OwnSense.Contains(enhanced)
            || (pattern is { Provider: null, Broad: false } && patterns.Sense(enhanced) is { Broad: false } stated && stated != pattern && !stated.Matches(Whole(finding))));

    // A provider's own words beat words that many share; a host name of that provider beats both.
    private static int Score(TextPattern p, Finding finding, string? signed)
    {
        if (!p.Fits(finding.Code, finding.Enhanced) || (p.Generic && p.Provider != signed))
        {
            return 0;
        }

        var fit = (p.FitsEnhanced(finding.Enhanced) ? 2 : 0) + (p.FitsCode(finding.Code) ? 1 : 0);
        var partly = finding.Enhanced is not null && p.Enhanced.Count > 0 && !p.FitsEnhanced(finding.Enhanced);
        return fit + (p.Provider is null ? 50 : IsOf(p.Provider, signed) ? 100 : partly || signed is not null ? 40 : 60);
    }

    // Outlook.com answers from the hosts of Exchange Online.
    private static bool IsOf(string provider, string? signed) => provider == signed || (provider, signed) is ("Outlook.com", "Exchange Online");

    private static string Whole(Finding f)
    {
        var text = string.Join(' ', new[] { f.Code, f.Enhanced, f.Text }.Where(part => part is not null));
        return text.Length > LongestText ? text[..LongestText] : text;
    }
}
