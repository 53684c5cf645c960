using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Codes.Facts;

/// <summary>A wording by which a cause is recognised: a provider's own (Data/providers.json) or one that many share (Data/situations.json).</summary>
internal sealed class TextPattern
{
    // Patterns are data that people edit: linear time and a limit, whatever they write.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly Lazy<Regex> _regex;

    public TextPattern(string id, JsonElement at, string section)
    {
        Id = id;
        Section = section;
        Provider = at.Text("provider");
        ReplyCodes = at.Texts("replyCodes");
        Enhanced = at.Texts("enhanced");
        Phase = at.Text("phase");
        Kind = at.Text("kind") ?? "";
        Retry = at.Text("retry");
        WhoseMove = at.Text("whoseMove") ?? "sender";
        Generic = at.TryGetProperty("generic", out var generic) && generic.ValueKind == JsonValueKind.True;
        Pattern = at.Text("pattern") ?? "";
        _regex = new Lazy<Regex>(() => new Regex(Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit));
    }

    public string Id { get; }

    /// <summary>The section of the language file that holds its texts.</summary>
    public string Section { get; }

    public string? Provider { get; }
    public IReadOnlyList<string> ReplyCodes { get; }
    public IReadOnlyList<string> Enhanced { get; }
    public string? Phase { get; }
    public string Kind { get; }

    /// <summary>Null where the same words come with 4yz and with 5yz: then the class of the reply decides.</summary>
    public string? Retry { get; }

    public string WhoseMove { get; }
    public string Pattern { get; }

    /// <summary>Others say the same words too: the provider is named only where another sign points to it.</summary>
    public bool Generic { get; }

    public bool Matches(string text) => _regex.Value.IsMatch(text);
}
