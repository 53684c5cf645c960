using System.Text.Json;
using Parley.Codes.Facts;

namespace Parley.Codes;

/// <summary>The texts of one language: Languages/en.json and its like.</summary>
internal sealed class LanguageFile
{
    private readonly JsonFile _file;

    public LanguageFile(JsonFile file)
    {
        _file = file;
        var about = file.Find("language")
            ?? throw new InvalidDataException($"{file.Name}: the section \"language\" is missing; add it with code, name and direction.");
        Code = about.Text("code") ?? throw Missing("language", "code");
        Name = about.Text("name") ?? throw Missing("language", "name");
        Direction = about.Text("direction") ?? "ltr";
    }

    public string Code { get; }
    public string Name { get; }
    public string Direction { get; }

    public JsonElement? Entry(string section, string key) => _file.Find(section, key);

    public IReadOnlyList<string> Keys(string section) => [.. _file.Keys(section)];

    /// <summary>A text that every language must have.</summary>
    public string Text(string section, string key) =>
        _file.Find(section, key) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Missing(section, key);

    private InvalidDataException Missing(string section, string key) =>
        new($"{_file.Name}: {section}.{key} is missing; copy the key from en.json and translate it.");
}
