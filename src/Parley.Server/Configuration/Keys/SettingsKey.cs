using System.Text;
using Parley.Server.Configuration.Reading;

namespace Parley.Server.Configuration.Keys;

/// <summary>
/// One key of the configuration: the row from which its check, its line in the JSON schema and its line in
/// `docs/configuration.md` come.
/// </summary>
/// <param name="Path">`limits.recipients`; `[]` stands for an item of a list, `*` for any name.</param>
/// <param name="Kind">What the value is.</param>
/// <param name="Default">JSON of the default; null where there is none or it depends on other keys.</param>
/// <param name="Description">What it does, a full sentence.</param>
internal sealed record SettingsKey(string Path, ValueKind Kind, string? Default, string Description)
{
    /// <summary>For people, where the default is not a constant.</summary>
    public string? DefaultNote { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Whether a running server takes a change only when it is started again.</summary>
    public bool NeedsRestart { get; init; }

    public object? ReadDefault(LoadContext context)
    {
        if (Default is null)
        {
            return null;
        }

        var faults = new List<SettingsFault>();
        var node = JsonText.Read(Encoding.UTF8.GetBytes(Default), "defaults", hasLines: false, faults);
        return node is not null && Kind.TryRead(node, Path, context, out var value)
            ? value
            : throw new InvalidOperationException($"the default of {Path} is not valid");
    }
}

/// <summary>The table of keys as a tree.</summary>
internal sealed class KeyNode(SettingsKey key)
{
    public SettingsKey Key { get; } = key;

    public ValueKind Kind => Key.Kind;

    public Dictionary<string, KeyNode> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>What each item of a list, or each entry of a map, is.</summary>
    public KeyNode? Each { get; private set; } =
        key.Kind is RowsKind ? new KeyNode(new SettingsKey(key.Path + "[]", ValueKinds.Section, null, "")) : null;

    public KeyNode Child(string name) => Members.TryGetValue(name, out var child) ? child : Each!;

    public static KeyNode Build(IEnumerable<SettingsKey> keys)
    {
        var root = new KeyNode(new SettingsKey("", ValueKinds.Section, null, "The configuration of Parley."));
        foreach (var key in keys)
        {
            root.Add(key, key.Path.Replace("[]", ".*", StringComparison.Ordinal).Split('.'));
        }

        return root;
    }

    private void Add(SettingsKey key, ReadOnlySpan<string> path)
    {
        if (path.Length > 1)
        {
            Child(path[0]).Add(key, path[1..]);
        }
        else if (path[0] == "*")
        {
            Each = new KeyNode(key);
        }
        else
        {
            Members.Add(path[0], new KeyNode(key));
        }
    }
}
