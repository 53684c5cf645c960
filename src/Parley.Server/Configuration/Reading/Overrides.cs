namespace Parley.Server.Configuration.Reading;

/// <summary>Environment variables and flags, laid over what the file says.</summary>
internal static class Overrides
{
    public static void FromEnvironment(ConfigNode root, IReadOnlyDictionary<string, string> environment, LoadContext context)
    {
        // Sorted, so that items are added in order: …__0 before …__1, …__9 before …__10.
        var variables = environment
            .Where(v => v.Key.StartsWith(Variable.Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(v => new Variable(v.Key, v.Value, context))
            .OrderBy(v => v.SortKey, StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            variable.LayOver(root);
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

            // "-" is off, as the ready line writes it.
            http.Set("address", sources.Http == "-" ? new ConfigNode(NodeKind.Null, place) : new ConfigNode(NodeKind.Text, place, sources.Http));
        }
    }
}
