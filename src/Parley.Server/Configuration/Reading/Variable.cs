using System.Globalization;
using System.Text;
using Parley.Server.Configuration.Keys;

namespace Parley.Server.Configuration.Reading;

/// <summary>
/// An environment variable that sets a key: `PARLEY__LIMITS__MESSAGEBYTES=1000` is `limits.messageBytes`. Case does not
/// matter, items of lists go by index, and the value of a whole list or object is JSON.
/// </summary>
internal sealed class Variable
{
    public const string Prefix = "PARLEY__";

    private const string Separator = "__";

    private readonly Place place;
    private readonly string value;
    private readonly string[] segments;
    private readonly LoadContext context;

    public Variable(string name, string value, LoadContext context)
    {
        place = new Place(name);
        this.value = value;
        this.context = context;
        segments = name[Prefix.Length..].Split(Separator);
    }

    public string SortKey => string.Join('\0', segments.Select(s => IsIndex(s) ? s.PadLeft(10, '0') : s.ToUpperInvariant()));

    public void LayOver(ConfigNode root)
    {
        var (node, keys, path) = (root, (KeyNode?)SettingsKeys.Root, "");
        for (var i = 0; i < segments.Length; i++)
        {
            if (Find(node, keys, path, segments[i]) is not { } slot)
            {
                return;
            }

            var child = i == segments.Length - 1 ? Last(slot) : Inner(node, slot, i);
            if (child is null)
            {
                return;
            }

            Put(node, slot, child);
            (node, keys, path) = (child, slot.Keys, slot.Path);
        }
    }

    // What a segment stands for: a member by name, or an item by index.
    private sealed record Slot(string? Name, int Index, KeyNode? Keys, string Path);

    private Slot? Find(ConfigNode node, KeyNode? keys, string path, string segment)
    {
        if (node.Kind == NodeKind.Array)
        {
            if (IsIndex(segment) && int.Parse(segment, CultureInfo.InvariantCulture) is var index && index <= node.Items.Count)
            {
                return new Slot(null, index, keys?.Each, KeyPath.Item(path, index));
            }

            context.Error(place, path, $"\"{segment}\" is not an item of this list, which has {node.Items.Count}", $"write an index from 0 to {node.Items.Count}");
            return null;
        }

        bool IsIt(string name) => name.Equals(segment, StringComparison.OrdinalIgnoreCase);
        if (keys!.Kind is MapKind && segment.Length > 0)
        {
            // The names of a map are the user's own: in the spelling of the file, else of the variable.
            var entry = node.Members.Find(m => IsIt(m.Name))?.Name ?? segment;
            return new Slot(entry, -1, keys.Each, KeyPath.Entry(path, entry));
        }

        if (keys.Members.Keys.FirstOrDefault(IsIt) is { } known)
        {
            return new Slot(known, -1, keys.Members[known], KeyPath.Member(path, known));
        }

        context.Error(place, KeyPath.Member(path, segment), "unknown key", Structure.Advice(segment, keys));
        return null;
    }

    private ConfigNode? Last(Slot slot)
    {
        if (Holds(slot.Keys?.Kind) is null)
        {
            return new ConfigNode(NodeKind.Text, place, value) { IsBareText = true };
        }

        return value.Length == 0
            ? new ConfigNode(NodeKind.Null, place)
            : JsonText.Read(Encoding.UTF8.GetBytes(value), place.Source, hasLines: false, context.Faults);
    }

    private ConfigNode? Inner(ConfigNode node, Slot slot, int depth)
    {
        if (Holds(slot.Keys?.Kind) is not { } kind)
        {
            context.Error(place, slot.Path, "this key holds no others", $"leave {Separator}{string.Join(Separator, segments[(depth + 1)..])} out of the name");
            return null;
        }

        var existing = slot.Name is null ? node.Items.ElementAtOrDefault(slot.Index) : node.Find(slot.Name)?.Value;
        return existing?.Kind == kind ? existing : new ConfigNode(kind, place);
    }

    private static void Put(ConfigNode node, Slot slot, ConfigNode child)
    {
        if (slot.Name is not null)
        {
            node.Set(slot.Name, child);
        }
        else if (slot.Index == node.Items.Count)
        {
            node.Items.Add(child);
        }
        else
        {
            node.Items[slot.Index] = child;
        }
    }

    private static bool IsIndex(string segment) => segment.Length is > 0 and < 7 && segment.All(char.IsAsciiDigit);

    // What a kind is written as, if it is not a plain value.
    private static NodeKind? Holds(ValueKind? kind) => kind switch
    {
        ContainerKind container => container.NodeKind,
        NullableKind nullable => Holds(nullable.Inner),
        IListKind => NodeKind.Array,
        _ => null,
    };
}
