using Parley.Codes.Facts;
using Parley.Codes.Reading;

namespace Parley.Codes;

/// <summary>What contradicts itself in a reply, each as a whole sentence of the language.</summary>
internal sealed class Conflicts(Catalogue catalogue, Finding finding, TextPattern? pattern, bool ownSense)
{
    public IReadOnlyList<string> Of(CodeFacts? basic, CodeFacts? enhanced) => [.. Ids(basic, enhanced).Select(Sentence)];

    private IEnumerable<string> Ids(CodeFacts? basic, CodeFacts? enhanced)
    {
        if (basic is not null && enhanced is not null && basic.Class != enhanced.Class)
        {
            // RFC 2034 §4: the first digits agree; RFC 5321 §4.2: a 3yz reply has no enhanced code at all.
            yield return basic.Class == "intermediate" ? "conflict.intermediate" : $"conflict.{basic.Class}-{enhanced.Class}";
        }

        if (basic?.Standing is "folk" or "registered")
        {
            yield return $"conflict.{basic.Standing}";
        }

        if (finding.Enhanced is { } e && catalogue.Facts(e) is null)
        {
            yield return "conflict.unregistered";
        }

        if (ownSense)
        {
            yield return "conflict.own-sense";
        }

        // A refusal that lasts in words that pass, or the other way round: the client will do the wrong thing.
        if (pattern is not null && basic is { Class: "transient" } && pattern.Retry == "no")
        {
            yield return "conflict.never-heals";
        }

        if (pattern is not null && basic is { Class: "permanent" } && pattern.Retry == "later")
        {
            yield return "conflict.would-pass";
        }

        if (finding.Mixed)
        {
            yield return "conflict.mixed";
        }
    }

    private string Sentence(string id) =>
        catalogue.Label(id)
            .Replace("{code}", finding.Code ?? "", StringComparison.Ordinal)
            .Replace("{enhanced}", finding.Enhanced ?? "", StringComparison.Ordinal);
}
