using System.Text.Json;

namespace Parley.Codes.Facts;

/// <summary>A JSON file of the catalogue, parsed once and read in place: nothing is copied that nobody asks for.</summary>
internal sealed class JsonFile
{
    // A translator's file is hand-written; a comment or a trailing comma does no harm.
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 16,
    };

    private readonly JsonElement _root;

    private JsonFile(byte[] utf8, string name)
    {
        Name = name;
        try
        {
            _root = JsonDocument.Parse(utf8.AsMemory(SkipMark(utf8)), Lenient).RootElement;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: line {e.LineNumber + 1}: not valid JSON; mend the line and load it again.", e);
        }

        if (_root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{name}: an object was expected; begin the file with a brace.");
        }
    }

    public string Name { get; }

    public static JsonFile Embedded(string name)
    {
        using var stream = typeof(JsonFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidDataException($"{name} is not part of this build; build Parley.Codes anew.");
        return FromStream(stream, name);
    }

    public static JsonFile FromStream(Stream stream, string name)
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return new JsonFile(buffer.ToArray(), name);
    }

    /// <summary>The object's members in the order of the file.</summary>
    public IEnumerable<string> Keys(string? section = null)
    {
        var at = section is null ? _root : Find(section) ?? default;
        return at.ValueKind == JsonValueKind.Object ? at.EnumerateObject().Select(p => p.Name) : [];
    }

    public JsonElement? Find(string key) => Member(_root, key);

    public JsonElement? Find(string section, string key) => Find(section) is { } s ? Member(s, key) : null;

    private static JsonElement? Member(JsonElement at, string key) =>
        at.ValueKind == JsonValueKind.Object && at.TryGetProperty(key, out var value) ? value : null;

    private static int SkipMark(byte[] utf8) =>
        utf8.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
}

/// <summary>Short reading of members.</summary>
internal static class JsonElements
{
    public static string? Text(this JsonElement at, string key) =>
        at.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static IReadOnlyList<string> Texts(this JsonElement at, string key) =>
        at.TryGetProperty(key, out var list) ? list.Texts() : [];

    public static IReadOnlyList<string> Texts(this JsonElement list) =>
        list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)]
            : [];
}
