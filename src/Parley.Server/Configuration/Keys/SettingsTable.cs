using System.Text;

namespace Parley.Server.Configuration.Keys;

/// <summary>The table of keys in Markdown, the generated part of `docs/configuration.md`.</summary>
public static class SettingsTable
{
    public const string Begin = "<!-- keys: generated from SettingsKeys, kept equal by a test -->";

    public const string End = "<!-- end of keys -->";

    /// <summary>The table with the lines that mark its begin and end.</summary>
    public static string Write()
    {
        var table = new StringBuilder();
        table.Append(Begin).Append('\n');
        table.Append("| Key | Value | Default | What it does |\n| --- | --- | --- | --- |\n");
        foreach (var key in SettingsKeys.All)
        {
            table.Append("| `").Append(key.Path.Replace(".*", ".NAME", StringComparison.Ordinal)).Append("` | ")
                .Append(key.Kind.Name).Append(" | ")
                .Append(Default(key)).Append(" | ")
                .Append(key.Description).Append(key.NeedsRestart ? " A change needs a restart." : "").Append(" |\n");
        }

        return table.Append(End).Append('\n').ToString();
    }

    private static string Default(SettingsKey key) =>
        key.IsRequired ? "must be given"
        : key.DefaultNote ?? (key.Default is null ? "" : "`" + key.Default + "`");
}
