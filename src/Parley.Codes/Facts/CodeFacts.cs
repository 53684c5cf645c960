using System.Globalization;
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

    /// <summary>What the client does next: <c>continue</c>, <c>answer</c>, <c>reorder</c> …; null where the class alone tells.</summary>
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

    /// <summary>The second number of an enhanced code, or null.</summary>
    public string? Subject => IsEnhanced && EnhancedCode.TryParse(Code)?.Subject is { } s ? s.ToString(CultureInfo.InvariantCulture) : null;

    public bool IsEnhanced => Entry.Section == "enhanced";

    /// <summary>A detail of 0 means "none given", and so does a subject of 0: 530 says more than the 5.7.0 or the 5.0.350 behind it.</summary>
    public bool SaysLessThan(CodeFacts basic) => !basic.IsEnhanced && EnhancedCode.TryParse(Code) is { Detail: 0 } or { Subject: 0 };

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
        GoesWith = at.Texts(entry.Section == "codes" ? "enhanced" : "basic"),
        Example = at.Texts("example"),
        References = ReadReferences(at),
        Related = at.Texts("related"),
    };

    /// <summary>
    /// The facts of a reply that has both codes. The first digit of the basic code decides (RFC 5321 §4.2.1); what the
    /// enhanced code adds is nearer to the cause.
    /// </summary>
    public static CodeFacts? Combine(CodeFacts? basic, CodeFacts? enhanced)
    {
        if (basic is null || enhanced is null)
        {
            return basic ?? enhanced;
        }

        if (enhanced.SaysLessThan(basic))
        {
            return basic with { References = [.. enhanced.References.Union(basic.References)], Related = Neighbours(basic, enhanced) };
        }

        return enhanced with
        {
            Code = basic.Code,
            Class = basic.Class,
            Standing = basic.Standing,
            Retry = basic.Class == enhanced.Class ? enhanced.Retry : basic.Retry,
            WhoseMove = basic.Class == enhanced.Class ? enhanced.WhoseMove : basic.WhoseMove,
            Client = basic.Client,
            Session = basic.Session,
            Entry = basic.Entry,
            Commands = enhanced.Commands.Count > 0 ? enhanced.Commands : basic.Commands,
            Example = enhanced.Example.Count > 0 ? enhanced.Example : basic.Example,
            GoesWith = basic.GoesWith,
            References = [.. enhanced.References.Union(basic.References)],
            Related = Neighbours(basic, enhanced),
        };
    }

    private static IReadOnlyList<string> Neighbours(CodeFacts basic, CodeFacts enhanced) =>
        [.. enhanced.Related.Union(basic.Related).Where(r => r != basic.Code && r != enhanced.Code)];

    private static IReadOnlyList<Reference> ReadReferences(JsonElement at) =>
        at.TryGetProperty("references", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(r => new Reference(r.Text("rfc") ?? "", r.Text("section") ?? ""))]
            : [];
}
