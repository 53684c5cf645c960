using System.Text.Json;
using Parley.Server.Configuration;
using Parley.Server.Configuration.Keys;
using Parley.Server.Configuration.Reading;
using Parley.Tests.Shared;

namespace Parley.Server.Tests.Configuration;

/// <summary>The table of keys is public interface: its schema and its documentation are files that a change must show in.</summary>
public class KeysTests
{
    [Fact]
    public void The_JSON_schema_is_that_of_the_table() => Golden.Check("docs/parley.schema.json", SettingsSchema.Write());

    [Fact]
    public void The_documentation_holds_the_table()
    {
        var page = File.ReadAllText(Path.Combine(Golden.Root, "docs/configuration.md"));
        var (begin, end) = (page.IndexOf(SettingsTable.Begin, StringComparison.Ordinal), page.IndexOf(SettingsTable.End, StringComparison.Ordinal));

        Golden.Check("docs/configuration.md", page[..begin] + SettingsTable.Write() + page[(end + SettingsTable.End.Length + 1)..]);
    }

    [Fact]
    public void Every_key_has_a_sentence_and_every_default_is_valid()
    {
        var context = new LoadContext("/", []);

        Assert.All(SettingsKeys.All, key =>
        {
            Assert.EndsWith(".", key.Description, StringComparison.Ordinal);
            key.ReadDefault(context);
        });
        Assert.Empty(context.Faults);
    }

    [Fact]
    public void Every_advice_is_advice() =>
        Assert.All(SettingsKeys.All, key => Assert.StartsWith("write ", key.Kind.Mend, StringComparison.Ordinal));

    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Path.Combine(Golden.Root, "docs/examples"), "*.json").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_has_nothing_to_mend(string example)
    {
        using var folder = new ConfigFolder();
        var json = File.ReadAllText(Path.Combine(Golden.Root, "docs/examples", example));
        ExampleFiles.Write(folder, json);

        var faults = folder.Faults(json);

        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void The_schema_knows_every_key_of_the_examples()
    {
        using var schema = JsonDocument.Parse(SettingsSchema.Write());
        foreach (var file in Directory.GetFiles(Path.Combine(Golden.Root, "docs/examples"), "*.json"))
        {
            using var example = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Conforms(example.RootElement, schema.RootElement, Path.GetFileName(file));
        }
    }

    // The part of JSON Schema that ours uses: type, enum, properties, additionalProperties, items, required, minItems.
    private static void Conforms(JsonElement value, JsonElement schema, string path)
    {
        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several
            ? several.EnumerateArray().Select(t => t.GetString()).ToArray()
            : [schema.GetProperty("type").GetString()];
        Assert.Contains(TypeOf(value), types);
        if (schema.TryGetProperty("enum", out var words))
        {
            Assert.Contains(words.EnumerateArray(), w => w.ToString() == value.ToString());
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            Assert.All(value.EnumerateArray(), item => Conforms(item, schema.GetProperty("items"), path + "[]"));
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            var isNamed = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out _);
            var child = isNamed ? properties.GetProperty(member.Name) : schema.GetProperty("additionalProperties");
            Assert.True(child.ValueKind == JsonValueKind.Object, $"{path}.{member.Name} is not in the schema");
            Conforms(member.Value, child, path + "." + member.Name);
        }

        if (schema.TryGetProperty("required", out var required))
        {
            Assert.All(required.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{path} lacks {name}"));
        }
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
