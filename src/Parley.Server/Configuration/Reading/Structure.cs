using Parley.Server.Configuration.Keys;

namespace Parley.Server.Configuration.Reading;

/// <summary>Checks that every key is known and every object and list is where one belongs.</summary>
internal static class Structure
{
    public static void Check(ConfigNode node, KeyNode keys, string path, LoadContext context)
    {
        if (keys.Kind is not ContainerKind || !keys.Kind.TryRead(node, path, context, out _))
        {
            return; // a scalar is checked when it is read
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            Check(node.Items[i], keys.Each!, KeyPath.Item(path, i), context);
        }

        foreach (var member in node.Members)
        {
            if (keys.Members.TryGetValue(member.Name, out var known))
            {
                Check(member.Value, known, KeyPath.Member(path, member.Name), context);
            }
            else if (keys.Kind is MapKind map)
            {
                var name = new ConfigNode(NodeKind.Text, member.Place, member.Name);
                if (map.NameKind.TryRead(name, KeyPath.Entry(path, member.Name), context, out _))
                {
                    Check(member.Value, keys.Each!, KeyPath.Entry(path, member.Name), context);
                }
            }
            else
            {
                context.Error(member.Place, KeyPath.Member(path, member.Name), "unknown key", Advice(member.Name, keys));
            }
        }
    }

    /// <summary>The nearest name at this place; else the same name elsewhere; else all the names that belong here.</summary>
    public static string Advice(string name, KeyNode keys)
    {
        if (Nearest.Of(name, keys.Members.Keys) is { } nearest)
        {
            return $"did you mean \"{nearest}\"?";
        }

        var elsewhere = SettingsKeys.All
            .Select(k => k.Path)
            .FirstOrDefault(p => p.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
        var here = string.Join(", ", keys.Members.Keys.Where(k => k[0] != '$'));
        return elsewhere is null ? $"the keys here are {here}" : $"did you mean {elsewhere}? The keys here are {here}";
    }
}
