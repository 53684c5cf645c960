using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Server.Configuration.Keys;

/// <summary>The JSON schema (draft 2020-12) of the configuration, for editors: `docs/parley.schema.json`.</summary>
public static class SettingsSchema
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people: quotes and signs as they are
    };

    /// <summary>The whole schema, ending in a line feed.</summary>
    public static string Write()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = "urn:parley:configuration",
            ["title"] = "Parley configuration",
        };
        foreach (var (name, value) in Of(SettingsKeys.Root))
        {
            schema[name] = value?.DeepClone();
        }

        return schema.ToJsonString(Layout) + "\n";
    }

    private static JsonObject Of(KeyNode node)
    {
        var schema = new JsonObject();
        if (node.Key.Description.Length > 0)
        {
            schema["description"] = node.Key.Description.Replace("`", "", StringComparison.Ordinal);
        }

        foreach (var (name, value) in node.Kind.Schema())
        {
            schema[name] = value?.DeepClone();
        }

        if (node.Key.Default is { } json)
        {
            schema["default"] = JsonNode.Parse(json);
        }

        switch (node.Kind)
        {
            case SectionKind:
                schema["properties"] = new JsonObject(node.Members.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Of(m.Value))));
                schema["additionalProperties"] = false;
                var required = node.Members.Values.Where(m => m.Key.IsRequired).Select(m => (JsonNode)m.Key.Path.Split('.')[^1]).ToArray();
                if (required.Length > 0)
                {
                    schema["required"] = new JsonArray(required);
                }

                break;
            case MapKind:
                schema["additionalProperties"] = Of(node.Each!);
                break;
            case RowsKind:
                schema["items"] = Of(node.Each!);
                break;
        }

        return schema;
    }
}
