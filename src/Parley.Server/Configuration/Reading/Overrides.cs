using System.Globalization;
using System.Text;
using Parley.Server.Configuration.Keys;

namespace Parley.Server.Configuration.Reading;

/// <summary>
/// Environment variables and flags, laid over what the file says. `PARLEY__LIMITS__MESSAGEBYTES=1000` sets
/// `limits.messageBytes`; case does not matter, items of lists go by index, and a whole list or object is JSON.
/// </summary>
internal static class Overrides
{
    public const string Prefix = "PARLEY__";

    private const string Separator = "__";

    public static void FromEnvironment(ConfigNode root, IReadOnlyDictionary<string, string> environment, LoadContext context)
    {
        // Sorted, so that items are added in order: …__0 before …__1, …__9 before …__10.
        var variables = environment
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(v => (v.Key, v.Value, Segments: v.Key[Prefix.Length..].Split(Separator)))
            .OrderBy(v => string.Join('\0', v.Segments.Select(s => IsIndex(s) ? s.PadLeft(10, '0') : s.ToUpperInvariant())), StringComparer.Ordinal);
        foreach (var (name, value, segments) in variables)
        {
            Lay(root, segments, value, new Place(name), context);
        }
    }

    public static void FromFlags(ConfigNode root, SettingsSources sources)
    {
        if (sources.Smtp.Count > 0)
        {
            var place = new Place("--smtp");
            var listeners = new ConfigNode(NodeKind.Array, place);
            foreach (var address in sources.Smtp)
            {
                var listener = new ConfigNode(NodeKind.Object, place);
                listener.Set("address", new ConfigNode(NodeKind.Text, place, address));
                listeners.Items.Add(listener);
            }

            root.Set("listeners", listeners);
        }

        if (sources.Http is not null)
        {
            var place = new Place("--http");
            var http = root.Find("http")?.Value;
            if (http is not { Kind: NodeKind.Object })
            {
                root.Set("http", http = new ConfigNode(NodeKind.Object, place));
            }

            // "-" as the ready line writes it.
            http.Set("address", new ConfigNode(NodeKind.Text, place, sources.Http == "-" ? "" : sources.Http) { IsBareText = sources.Http == "-" });
        }
    }

    private static void Lay(ConfigNode root, ReadOnlySpan<string> segments, string text, Place place, LoadContext context)
    {
        var (node, keys, path) = (root, SettingsKeys.Root, "");
        for (var i = 0; ; i++)
        {
            var isLast = i == segments.Length - 1;
            var index = node.Kind == NodeKind.Array ? IndexOf(segments[i], node, path, place, context) : -1;
            var name = node.Kind == NodeKind.Array ? null : NameOf(segments[i], node, keys, path, place, context);
            if (index < 0 && name is null)
            {
                return;
            }

            var child = name is not null && keys.Members.TryGetValue(name, out var known) ? known : keys.Each;
            path = name is null ? KeyPath.Item(path, index) : keys.Kind is MapKind ? KeyPath.Entry(path, name) : KeyPath.Member(path, name);
            var holds = child is null ? null : Holds(child.Kind);
            var existing = name is null ? node.Items.ElementAtOrDefault(index) : node.Find(name)?.Value;
            ConfigNode? value;
            if (isLast)
            {
                value = holds is null ? new ConfigNode(NodeKind.Text, place, text) { IsBareText = true } : Whole(text, place, context);
            }
            else if (holds is null)
            {
                context.Error(place, path, "this key holds no others", $"leave {Separator}{string.Join(Separator, segments[(i + 1)..]!)} out");
                return;
            }
            else
            {
                value = existing?.Kind == holds ? existing : new ConfigNode(holds.Value, place);
            }

            if (value is null)
            {
                return;
            }

            Put(node, name, index, value);
            if (isLast)
            {
                return;
            }

            (node, keys) = (value, child!);
        }
    }

    private static void Put(ConfigNode node, string? name, int index, ConfigNode value)
    {
        if (name is not null)
        {
            node.Set(name, value);
        }
        else if (index == node.Items.Count)
        {
            node.Items.Add(value);
        }
        else
        {
            node.Items[index] = value;
        }
    }

    // A name in the spelling of the key table, or of the file where the names are the user's own.
    private static string? NameOf(string segment, ConfigNode node, KeyNode keys, string path, Place place, LoadContext context)
    {
        bool IsIt(string name) => name.Equals(segment, StringComparison.OrdinalIgnoreCase);
        if (keys.Kind is MapKind && segment.Length > 0)
        {
            return node.Members.Find(m => IsIt(m.Name))?.Name ?? segment;
        }

        var name = keys.Members.Keys.FirstOrDefault(IsIt);
        if (name is null)
        {
            context.Error(place, KeyPath.Member(path, segment), "unknown key", Structure.Advice(segment, keys));
        }

        return name;
    }

    private static int IndexOf(string segment, ConfigNode node, string path, Place place, LoadContext context)
    {
        if (IsIndex(segment) && int.Parse(segment, CultureInfo.InvariantCulture) is var index && index <= node.Items.Count)
        {
            return index;
        }

        context.Error(place, path, $"\"{segment}\" is not an item of this list, which has {node.Items.Count}", $"write an index from 0 to {node.Items.Count}");
        return -1;
    }

    private static bool IsIndex(string segment) => segment.Length is > 0 and < 7 && segment.All(char.IsAsciiDigit);

    private static NodeKind? Holds(ValueKind kind) => kind switch
    {
        ContainerKind container => container.NodeKind,
        NullableKind nullable => Holds(nullable.Inner),
        IListKind => NodeKind.Array,
        _ => null,
    };

    private static ConfigNode? Whole(string text, Place place, LoadContext context) =>
        text.Length == 0 ? new ConfigNode(NodeKind.Null, place) : JsonText.Read(Encoding.UTF8.GetBytes(text), place.Source, hasLines: false, context.Faults);
}
