using System.Text.Json;
using Parley.Codes.Facts;

namespace Parley.Codes.Tests;

/// <summary>What the tests of the data share.</summary>
internal static class TestData
{
    public static readonly Catalogue English = Catalogue.Load("en");

    public static JsonElement File(string name)
    {
        using var stream = typeof(Catalogue).Assembly.GetManifestResourceStream(name)!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static string[] Lines(string name) =>
        [.. System.IO.File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, name)).Where(l => l.Length > 0 && l[0] != '#')];

    /// <summary>Every code that has an explanation of its own: three digits, enhanced with a class, and the open rows.</summary>
    public static IEnumerable<string> AllCodes =>
        English.BasicCodes.Concat(English.EnhancedCodes).Concat(English.EnhancedRows.Where(r => r.EndsWith(".X", StringComparison.Ordinal)));

    /// <summary>The path of each text in a language file, with the text.</summary>
    public static IEnumerable<(string Path, string Text)> Leaves(JsonElement at, string path = "") => at.ValueKind switch
    {
        JsonValueKind.Object => at.EnumerateObject().SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Name : $"{path}/{p.Name}")),
        JsonValueKind.Array => at.EnumerateArray().SelectMany((e, i) => Leaves(e, $"{path}/{i}")),
        JsonValueKind.String => [(path, at.GetString()!)],
        _ => [],
    };

    public static bool IsKnown(string code) => English.Explain(code) is not null;

    public static EnhancedCode? Enhanced(string code) => EnhancedCode.TryParse(code);
}
