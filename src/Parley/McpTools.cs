using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using Parley.Codes;

namespace Parley;

/// <summary>The tools of `parley mcp`: what they take and what they answer. The answers are those of `--json`.</summary>
internal sealed class McpTools
{
    private const string Fallback = "en";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<string, Catalogue> _catalogues = new(StringComparer.Ordinal);

    public static IReadOnlyList<Tool> All { get; } =
    [
        Describe("explain", "Explain an SMTP reply code (550), an enhanced status code (5.1.1), or any text with replies in it: a log line, a bounce, a whole session. An object for a code, an array for a text.",
            """{"type":"object","properties":{"text":{"type":"string","description":"The code or the text"},"lang":{"type":"string","description":"Language of the answer, such as en"}},"required":["text"]}"""),
        Describe("compare", "Compare two SMTP codes: what each means, how they differ, when to use which.",
            """{"type":"object","properties":{"a":{"type":"string","description":"A reply code or an enhanced status code"},"b":{"type":"string","description":"The code to compare it with"},"lang":{"type":"string","description":"Language of the answer, such as en"}},"required":["a","b"]}"""),
        Describe("list_codes", "List every code that can be explained, each with its title and class.",
            """{"type":"object","properties":{"lang":{"type":"string","description":"Language of the titles, such as en"}}}"""),
    ];

    public CallToolResult Call(string tool, IDictionary<string, JsonElement> arguments)
    {
        var wish = Text(arguments, "lang");
        if (wish is not null && Catalogue.ChooseLanguage(wish) is null)
        {
            return Refused($"there is no language \"{wish}\"; choose one of {string.Join(", ", Catalogue.Languages)}");
        }

        var catalogue = _catalogues.GetOrAdd(Catalogue.ChooseLanguage(wish) ?? Fallback, Catalogue.Load);
        return tool switch
        {
            "explain" when Text(arguments, "text") is { } text => Explain(catalogue, text),
            "compare" when Text(arguments, "a") is { } a && Text(arguments, "b") is { } b => Compare(catalogue, a, b),
            "list_codes" => Done(ListCodes(catalogue)),
            "explain" => Refused("explain needs \"text\": a code, a reply, a log line or a whole session"),
            "compare" => Refused("compare needs \"a\" and \"b\": two codes"),
            _ => Refused($"there is no tool \"{tool}\"; there are {string.Join(", ", All.Select(t => t.Name))}"),
        };
    }

    private static CallToolResult Explain(Catalogue catalogue, string text)
    {
        if (!Catalogue.IsCode(text))
        {
            return Done(CodesJson.Write(Explainer.Explain(catalogue, text)));
        }

        return catalogue.Explain(text) is { } explanation
            ? Done(CodesJson.Write(explanation))
            : Refused($"no standard, registry or provider known here uses {text.Trim()}; give the whole reply with its text");
    }

    private static CallToolResult Compare(Catalogue catalogue, string a, string b) =>
        catalogue.Compare(a, b) is { } comparison
            ? Done(CodesJson.Write(comparison))
            : Refused($"no standard or registry known here uses {(catalogue.Explain(a) is null ? a : b)}");

    private static string ListCodes(Catalogue catalogue)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartArray();
            foreach (var e in catalogue.BasicCodes.Concat(catalogue.EnhancedCodes).Select(catalogue.Explain).OfType<Explanation>())
            {
                json.WriteStartObject();
                json.WriteString("code", e.Code);
                json.WriteString("title", e.Title);
                json.WriteString("class", e.Class);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string? Text(IDictionary<string, JsonElement> arguments, string name) =>
        arguments.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Tool Describe(string name, string description, string schema) => new()
    {
        Name = name,
        Description = description,
        InputSchema = JsonDocument.Parse(schema).RootElement,
        Annotations = new ToolAnnotations { ReadOnlyHint = true, OpenWorldHint = false },
    };

    private static CallToolResult Done(string json) => new() { Content = [new TextContentBlock { Text = json }] };

    private static CallToolResult Refused(string why) => new() { IsError = true, Content = [new TextContentBlock { Text = why }] };
}
