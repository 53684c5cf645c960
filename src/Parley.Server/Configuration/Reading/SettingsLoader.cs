using System.Text;
using Parley.Server.Configuration.Keys;

namespace Parley.Server.Configuration.Reading;

/// <summary>From sources to settings: read, override, check the structure, bind, check what belongs together.</summary>
internal static class SettingsLoader
{
    public static SettingsResult Load(SettingsSources sources)
    {
        var faults = new List<SettingsFault>();
        var root = ReadFile(sources, faults);
        if (root is null)
        {
            return new(null, faults);
        }

        var folder = sources.File is null ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(sources.File))!;
        var context = new LoadContext(folder, faults);
        Overrides.FromEnvironment(root, sources.Environment, context);
        Overrides.FromFlags(root, sources);
        Structure.Check(root, SettingsKeys.Root, "", context);

        var section = new Section(root, SettingsKeys.Root, "", context);
        var settings = SettingsBinder.Bind(section, sources, context) with { Written = context.Written, Files = Files(sources, context) };
        SettingsChecks.Run(settings, section);
        faults.Sort(static (a, b) => Order(a).CompareTo(Order(b)));
        return new(faults.Exists(f => !f.IsWarning) ? null : settings, faults);
    }

    private static List<string> Files(SettingsSources sources, LoadContext context) =>
        sources.File is null ? [.. context.Files] : [Path.GetFullPath(sources.File), .. context.Files];

    // As one reads the file, from top to bottom; what came by variable or flag at the end.
    private static (bool, int, int, string, string) Order(SettingsFault fault) =>
        (fault.Place.Line == 0, fault.Place.Line, fault.Place.Column, fault.Place.Source, fault.Key);

    private static ConfigNode? ReadFile(SettingsSources sources, List<SettingsFault> faults)
    {
        if (sources.Text is not null)
        {
            return AsRoot(JsonText.Read(Encoding.UTF8.GetBytes(sources.Text), sources.File ?? "configuration", hasLines: true, faults), faults);
        }

        if (sources.File is null)
        {
            return new ConfigNode(NodeKind.Object, new Place("defaults"));
        }

        try
        {
            using var file = File.OpenRead(sources.File);
            var octets = new MemoryStream();
            CopyBounded(file, octets);
            return AsRoot(JsonText.Read(octets.GetBuffer().AsSpan(0, (int)octets.Length), sources.File, hasLines: true, faults), faults);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var (problem, mend) = fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => ("there is no such file", "name an existing one with --config, or leave the flag out to run without"),
                UnauthorizedAccessException when Directory.Exists(sources.File) => ("this is a folder", "name the file in it"),
                UnauthorizedAccessException => ("this user may not read the file", "change its permissions or its owner"),
                _ => ("the file cannot be read", "name another"),
            };
            faults.Add(new(new(sources.File), "", problem, mend));
            return null;
        }
    }

    // One octet more than is allowed is enough for the reader to say that it is too long.
    private static void CopyBounded(FileStream file, MemoryStream octets)
    {
        var buffer = new byte[64 * 1024];
        for (var read = file.Read(buffer); read > 0 && octets.Length <= JsonText.MaxBytes; read = file.Read(buffer))
        {
            octets.Write(buffer, 0, read);
        }
    }

    private static ConfigNode? AsRoot(ConfigNode? node, List<SettingsFault> faults)
    {
        if (node is null or { Kind: NodeKind.Object })
        {
            return node;
        }

        faults.Add(new(node.Place, "", $"the configuration is {node.Show()}", "write { … }"));
        return null;
    }
}
