using Parley.Server.Configuration.Keys;

namespace Parley.Server.Configuration.Reading;

/// <summary>What one load carries along: where relative paths start, the faults found, the values as written.</summary>
internal sealed class LoadContext(string folder, List<SettingsFault> faults)
{
    public List<SettingsFault> Faults { get; } = faults;

    /// <summary>A context whose faults nobody sees.</summary>
    public LoadContext(LoadContext other)
        : this(other.FullPath("."), [])
    {
    }

    /// <summary>Each key's path and its value, for <see cref="SettingsDifference"/>.</summary>
    public Dictionary<string, string> Written { get; } = new(StringComparer.Ordinal);

    /// <summary>Every file that the configuration names.</summary>
    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths are relative to the configuration file's folder, not to wherever the server was started.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, folder);

    public void Error(Place place, string key, string problem, string mend) =>
        Faults.Add(new(place, key, problem, mend));

    public void Warn(Place place, string key, string problem, string mend) =>
        Faults.Add(new(place, key, problem, mend, IsWarning: true));
}

/// <summary>One object of the configuration, read key by key with the defaults of <see cref="SettingsKeys"/>.</summary>
internal sealed class Section(ConfigNode? node, KeyNode keys, string path, LoadContext context)
{
    private readonly Place? inherited;

    private Section(ConfigNode? node, KeyNode keys, string path, LoadContext context, Place place)
        : this(node, keys, path, context) => inherited = place;

    public string Path { get; } = path;

    /// <summary>Where the object stands; of an absent one, where it could stand.</summary>
    public Place Place => node?.Place ?? inherited ?? new Place("defaults");

    /// <summary>The names given, of a section or a map.</summary>
    public IEnumerable<string> Names => node is { Kind: NodeKind.Object } ? node.Members.Select(m => m.Name) : [];

    public bool Has(string name) => Member(name) is { Value.IsNull: false };

    public Place PlaceOf(string name) => Member(name)?.Value.Place ?? Place;

    public string PathOf(string name) => keys.Members.ContainsKey(name) ? KeyPath.Member(Path, name) : KeyPath.Entry(Path, name);

    /// <summary>The value of a key; its default where it is absent or wrong, which is then a fault.</summary>
    public T Get<T>(string name)
    {
        var key = keys.Child(name).Key;
        var member = Member(name);
        var keyPath = PathOf(name);
        if (member is not null)
        {
            context.Written[keyPath] = member.Value.Canonical();
            if (key.Kind.TryRead(member.Value, keyPath, context, out var value))
            {
                return (T)value!;
            }
        }
        else if (key.IsRequired)
        {
            context.Error(Place, keyPath, "missing", "add it: " + key.Kind.Mend);
        }

        return (T)key.ReadDefault(context)!;
    }

    /// <summary>The value that <see cref="Get"/> gave before, for checks: a second fault would say nothing new.</summary>
    public string? Peek(string name)
    {
        var quiet = new LoadContext(context);
        return Member(name) is { } member && keys.Child(name).Kind.TryRead(member.Value, PathOf(name), quiet, out var value) ? (string?)value : null;
    }

    public int Int(string name) => checked((int)Get<long>(name));

    public Section Open(string name)
    {
        // An entry of the user's own, such as a domain without any key, counts by being there.
        if (keys.Kind is MapKind)
        {
            context.Written[PathOf(name)] = "{}";
        }

        return new Section(Member(name)?.Value, keys.Child(name), PathOf(name), context, PlaceOf(name));
    }

    public IEnumerable<Section> Rows(string name)
    {
        var list = Member(name)?.Value;
        for (var i = 0; list is { Kind: NodeKind.Array } && i < list.Items.Count; i++)
        {
            yield return new Section(list.Items[i], keys.Child(name).Each!, KeyPath.Item(PathOf(name), i), context);
        }
    }

    public void Error(string name, string problem, string mend) => context.Error(PlaceOf(name), PathOf(name), problem, mend);

    public void Warn(string name, string problem, string mend) => context.Warn(PlaceOf(name), PathOf(name), problem, mend);

    private ConfigMember? Member(string name) => node is { Kind: NodeKind.Object } ? node.Find(name) : null;
}
