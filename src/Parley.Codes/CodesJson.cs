using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Codes;

/// <summary>Writes explanations and comparisons as JSON, without reflection; the same for the program, the API and tools.</summary>
public static class CodesJson
{
    // Texts in many scripts stay readable; the output is JSON, never pasted into a page unescaped.
    private static readonly CodesJsonContext Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    });

    /// <summary>One explanation as an object.</summary>
    public static string Write(Explanation explanation) => JsonSerializer.Serialize(explanation, Readable.Explanation);

    /// <summary>The explanations of a text as an array.</summary>
    public static string Write(IReadOnlyList<ReplyExplanation> explanations) => JsonSerializer.Serialize(explanations, Readable.IReadOnlyListReplyExplanation);

    /// <summary>A comparison as an object.</summary>
    public static string Write(Comparison comparison) => JsonSerializer.Serialize(comparison, Readable.Comparison);
}

/// <summary>How the types of this library become JSON; for a host that serializes by itself.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(IReadOnlyList<ReplyExplanation>))]
[JsonSerializable(typeof(Comparison))]
public sealed partial class CodesJsonContext : JsonSerializerContext;
