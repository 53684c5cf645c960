using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Codes.Facts;

/// <summary>A wording by which a cause is recognised: a provider's own (Data/providers.json) or one that many share (Data/situations.json).</summary>
internal sealed class TextPattern
{
    // Texts are cut short before they come here, so this is reached only by a pattern that is badly written. (The automata
    // of NonBacktracking would be safe without it, but they keep 160 MB for these patterns after some thousand texts.)
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Lazy<Regex> _regex;

    public TextPattern(string id, JsonElement at, string section)
    {
        Id = id;
        Section = section;
        Provider = at.Text("provider");
        ReplyCodes = at.Texts("replyCodes");
        Enhanced = at.Texts("enhanced");
        OwnSense = at.Texts("ownSense");
        Phase = at.Text("phase");
        Kind = at.Text("kind") ?? "";
        Retry = at.Text("retry");
        WhoseMove = at.Text("whoseMove") ?? "sender";
        Implies = at.Text("implies");
        Vague = at.TryGetProperty("vague", out var vague) && vague.ValueKind == JsonValueKind.True;
        Broad = at.TryGetProperty("broad", out var broad) && broad.ValueKind == JsonValueKind.True;
        Generic = at.TryGetProperty("generic", out var generic) && generic.ValueKind == JsonValueKind.True;
        Throttle = at.TryGetProperty("throttle", out var throttle) && throttle.ValueKind == JsonValueKind.True;
        Pattern = at.Text("pattern") ?? "";
        _regex = new Lazy<Regex>(() => new Regex(Pattern, RegexOptions.CultureInvariant, Limit));
    }

    public string Id { get; }

    /// <summary>The section of the language file that holds its texts.</summary>
    public string Section { get; }

    public string? Provider { get; }
    public IReadOnlyList<string> ReplyCodes { get; }
    public IReadOnlyList<string> Enhanced { get; }

    /// <summary>The enhanced codes that the provider gives another meaning than the registry, such as 5.4.1 for an unknown recipient.</summary>
    public IReadOnlyList<string> OwnSense { get; }

    public string? Phase { get; }
    public string Kind { get; }

    /// <summary>Null where the same words come with 4yz and with 5yz: then the class of the reply decides.</summary>
    public string? Retry { get; }

    public string WhoseMove { get; }
    public string Pattern { get; }

    /// <summary>The code that goes with these words where the text gives none.</summary>
    public string? Implies { get; }

    /// <summary>The words tell what happened rather than why ("try again later"), so they agree with any number.</summary>
    public bool Broad { get; }

    /// <summary>The words give no reason ("refused"), and the same is told of the enhanced codes of this wording where no words are known.</summary>
    public bool Vague { get; }

    /// <summary>Others say the same words too: the provider is named only where another sign points to it.</summary>
    public bool Generic { get; }

    /// <summary>Whether with these words the site asks all of its senders to slow down.</summary>
    public bool Throttle { get; }

    /// <summary>Whether the reply's codes are among those that go with this wording; an empty list takes any.</summary>
    public bool Fits(string? code, string? enhanced) =>
        (ReplyCodes.Count == 0 && Enhanced.Count == 0) || FitsCode(code) || FitsEnhanced(enhanced)
        || (code is null && (enhanced is null || ReplyCodes.Any(c => c[0] == enhanced[0])));

    /// <summary>Whether the wording goes with codes of the same first digit.</summary>
    public bool SharesClass(string? code) => code is not null && (ReplyCodes.Count > 0 ? ReplyCodes : Enhanced).Any(c => c[0] == code[0]);

    public bool FitsCode(string? code) => code is not null && ReplyCodes.Contains(code, StringComparer.Ordinal);

    public bool FitsEnhanced(string? enhanced) => enhanced is not null && Enhanced.Any(e => e == enhanced || InRange(e, enhanced));

    public bool Matches(string text)
    {
        try
        {
            return Pattern.Length > 0 && _regex.Value.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    // "5.7.606-5.7.649"
    private static bool InRange(string range, string enhanced)
    {
        var ends = range.Split('-');
        return ends.Length == 2
            && EnhancedCode.TryParse(ends[0]) is { } low && EnhancedCode.TryParse(ends[1]) is { } high && EnhancedCode.TryParse(enhanced) is { } e
            && (e.Class, e.Subject) == (low.Class, low.Subject) && e.Detail >= low.Detail && e.Detail <= high.Detail;
    }
}
