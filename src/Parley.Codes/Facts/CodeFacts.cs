using System.Text.Json;

namespace Parley.Codes.Facts;

/// <summary>What is true of a code in every language.</summary>
internal sealed record CodeFacts
{
    public required string Code { get; init; }
    public required string Class { get; init; }
    public required string Standing { get; init; }
    public required string Retry { get; init; }
    public required string WhoseMove { get; init; }

    /// <summary>What the client does next: <c>continue</c>, <c>answer</c>, <c>reorder</c> …; null where only the class tells.</summary>
    public string? Client { get; init; }

    /// <summary>What becomes of the session: <c>open</c>, <c>waits</c>, <c>data</c>, <c>closes</c> or <c>tls</c>; null for enhanced codes.</summary>
    public string? Session { get; init; }

    /// <summary>For the text to be looked up: <c>codes</c> or <c>enhanced</c>, and the key in it.</summary>
    public required (string Section, string Key) Entry { get; init; }

    public IReadOnlyList<string> Commands { get; init; } = [];
    public IReadOnlyList<string> Phases { get; init; } = [];
    public IReadOnlyList<string> GoesWith { get; init; } = [];
    public IReadOnlyList<string> Example { get; init; } = [];
    public IReadOnlyList<Reference> References { get; init; } = [];
    public IReadOnlyList<string> Related { get; init; } = [];

    public bool IsEnhanced => Entry.Section == "enhanced";

    public static CodeFacts Read(JsonElement at, string code, (string Section, string Key) entry) => new()
    {
        Code = code,
        Class = at.Text("class") ?? "",
        Standing = at.Text("standing") ?? "standard",
        Retry = at.Text("retry") ?? "no",
        WhoseMove = at.Text("whoseMove") ?? "sender",
        Client = at.Text("client"),
        Session = at.Text("session"),
        Entry = entry,
        Commands = at.Texts("commands"),
        Phases = at.Texts("phases"),
        GoesWith = at.Texts("enhanced"),
        Example = at.Texts("example"),
        References = ReadReferences(at),
        Related = at.Texts("related"),
    };

    private static IReadOnlyList<Reference> ReadReferences(JsonElement at) =>
        at.TryGetProperty("references", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(r => new Reference(r.Text("rfc") ?? "", r.Text("section") ?? ""))]
            : [];
}
