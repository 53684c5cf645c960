namespace Parley.Codes.Facts;

/// <summary>
/// The wordings by which causes are recognised: Data/providers.json, Data/situations.json, and Data/signs.json with the
/// words that give a provider away. Parsed only when a text is explained, never for a code.
/// </summary>
internal sealed class PatternTable
{
    private readonly Lazy<IReadOnlyList<TextPattern>> _providers = new(() => Read("Data/providers.json", "providers"));
    private readonly Lazy<IReadOnlyList<TextPattern>> _situations = new(() => Read("Data/situations.json", "advice"));
    private readonly Lazy<IReadOnlyList<(string Provider, IReadOnlyList<string> Words)>> _signs = new(ReadSigns);

    public IReadOnlyList<TextPattern> Providers => _providers.Value;

    public IReadOnlyList<TextPattern> Situations => _situations.Value;

    public TextPattern? Situation(string id) => Situations.FirstOrDefault(s => s.Id == id);

    /// <summary>
    /// The cause that an enhanced code states by itself: the situation that alone goes with its row of the registry. Null
    /// where several share the row (X.7.1), none has it, or the code gives no detail.
    /// </summary>
    public TextPattern? Sense(string enhanced) =>
        EnhancedCode.TryParse(enhanced) is { Detail: > 0 } code && Situations.Where(s => s.Enhanced.Any(e => EnhancedCode.TryParse(e)?.Row == code.Row)).Take(2).ToList() is [var only]
            ? only
            : null;

    /// <summary>The provider that a text names by host or signature, or null.</summary>
    public string? Signed(string text) =>
        _signs.Value.FirstOrDefault(s => s.Words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase))).Provider;

    private static IReadOnlyList<TextPattern> Read(string name, string section)
    {
        var file = JsonFile.Embedded(name);
        return [.. file.Keys().Select(id => new TextPattern(id, file.Find(id)!.Value, section))];
    }

    private static IReadOnlyList<(string, IReadOnlyList<string>)> ReadSigns()
    {
        var file = JsonFile.Embedded("Data/signs.json");
        return [.. file.Keys().Select(provider => (provider, file.Find(provider)!.Value.Texts()))];
    }
}
