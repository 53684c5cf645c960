using System.Text;

namespace Parley.Server.Configuration.Reading;

internal enum NodeKind
{
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
}

/// <summary>A value as it was written, with its place. System.Text.Json's own document forgets where things stood.</summary>
internal sealed class ConfigNode(NodeKind kind, Place place, string text = "")
{
    public NodeKind Kind { get; } = kind;

    public Place Place { get; } = place;

    /// <summary>The content of a text or number, else empty.</summary>
    public string Text { get; } = text;

    /// <summary>From a variable or flag, where `5`, `true` and nothing are text too.</summary>
    public bool IsBareText { get; init; }

    public List<ConfigMember> Members { get; } = [];

    public List<ConfigNode> Items { get; } = [];

    public ConfigMember? Find(string name) => Members.Find(m => m.Name.Equals(name, StringComparison.Ordinal));

    public bool IsNull => Kind == NodeKind.Null
        || (IsBareText && (Text.Length == 0 || Text.Equals("null", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Replaces the value of a member, or adds one at the end.</summary>
    public void Set(string name, ConfigNode value)
    {
        var member = new ConfigMember(name, value.Place, value);
        var index = Members.FindIndex(m => m.Name.Equals(name, StringComparison.Ordinal));
        if (index < 0)
        {
            Members.Add(member);
        }
        else
        {
            Members[index] = member;
        }
    }

    /// <summary>For people: the value in one short line.</summary>
    public string Show() => Kind switch
    {
        NodeKind.Object => "an object",
        NodeKind.Array => "a list",
        NodeKind.Text => "\"" + Shorten(Text) + "\"",
        NodeKind.Number => Shorten(Text),
        NodeKind.True => "true",
        NodeKind.False => "false",
        _ => "null",
    };

    /// <summary>Equal for equal values, whatever their layout; what a reload compares.</summary>
    public string Canonical() => Kind switch
    {
        NodeKind.Object => "{" + string.Join(',', Members.Select(m => Quote(m.Name) + ":" + m.Value.Canonical())) + "}",
        NodeKind.Array => "[" + string.Join(',', Items.Select(i => i.Canonical())) + "]",
        NodeKind.Text when IsNull => "null",
        NodeKind.Text when !IsBareText => Quote(Text),
        NodeKind.Text or NodeKind.Number => Text,
        NodeKind.True => "true",
        NodeKind.False => "false",
        _ => "null",
    };

    private static string Quote(string text) => "\"" + text.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    // A fault is one line on a terminal, whatever the value holds.
    private static string Shorten(string text)
    {
        const int Longest = 60;
        var shown = new StringBuilder(Math.Min(text.Length, Longest) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                return shown.Append('…').ToString();
            }

            shown.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return shown.ToString();
    }
}

internal sealed record ConfigMember(string Name, Place Place, ConfigNode Value);

/// <summary>How the path of a key is written: `listeners[0].tls`, `domains["example.org"].mailboxes`.</summary>
internal static class KeyPath
{
    public static string Member(string parent, string name) => parent.Length == 0 ? name : parent + "." + name;

    public static string Entry(string parent, string name) => $"{parent}[\"{name}\"]";

    public static string Item(string parent, int index) => $"{parent}[{index}]";
}
