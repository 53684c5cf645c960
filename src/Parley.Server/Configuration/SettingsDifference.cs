using Parley.Server.Configuration.Keys;

namespace Parley.Server.Configuration;

/// <summary>A key whose value is not what it was.</summary>
/// <param name="Key">Its path, such as `limits.recipients`; never its value, which may be a secret.</param>
/// <param name="NeedsRestart">Whether the running server keeps the old value until it is started again.</param>
public sealed record ChangedKey(string Key, bool NeedsRestart);

/// <summary>What a reload changes.</summary>
public static class SettingsDifference
{
    /// <summary>The keys that differ, in order; empty when a reload has nothing to do.</summary>
    public static IReadOnlyList<ChangedKey> Between(Settings before, Settings after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);

        // A catcher that became a real server would send out what it had promised to keep.
        var changesMode = before.IsCatcher != after.IsCatcher;
        return
        [
            .. before.Written.Keys.Union(after.Written.Keys, StringComparer.Ordinal)
                .Where(k => !string.Equals(before.Written.GetValueOrDefault(k), after.Written.GetValueOrDefault(k), StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(k => new ChangedKey(k, changesMode || NeedsRestart(k))),
        ];
    }

    private static bool NeedsRestart(string path)
    {
        var node = SettingsKeys.Root;
        foreach (var segment in path.Split('.', '['))
        {
            node = segment.EndsWith(']') ? node?.Each : node?.Members.GetValueOrDefault(segment);
        }

        return node?.Key.NeedsRestart ?? false;
    }
}
