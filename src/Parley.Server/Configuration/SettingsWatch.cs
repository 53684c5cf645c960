namespace Parley.Server.Configuration;

/// <summary>What a reload found.</summary>
/// <param name="Settings">The settings in force from here on: the new ones, or the old where the new have errors.</param>
/// <param name="IsApplied">Whether the new settings are in force.</param>
/// <param name="Changes">The keys that changed; may be empty where a file such as a certificate has new content.</param>
/// <param name="Faults">Errors and warnings of the new configuration.</param>
public sealed record SettingsReload(Settings Settings, bool IsApplied, IReadOnlyList<ChangedKey> Changes, IReadOnlyList<SettingsFault> Faults);

/// <summary>
/// Reloads the configuration when it is told to (SIGHUP) and when the file, or one that it names, has changed. A
/// configuration with errors never replaces a good one.
/// </summary>
public sealed class SettingsWatch : IDisposable
{
    // Looking at times and lengths works on every file system and through the symbolic links of container volumes,
    // where notifications do not; a handful of calls every two seconds cost nothing.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly SettingsSources sources;
    private readonly Action<SettingsReload> reloaded;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private Settings current;
    private Stamp[] stamps;

    /// <summary>Starts watching.</summary>
    /// <param name="sources">Where the settings came from.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="reloaded">Called after each reload, one at a time, also when the new configuration has errors.</param>
    /// <param name="time">The clock.</param>
    public SettingsWatch(SettingsSources sources, Settings settings, Action<SettingsReload> reloaded, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        this.sources = sources;
        this.reloaded = reloaded;
        current = settings;
        stamps = Look();
        timer = time.CreateTimer(static me => ((SettingsWatch)me!).LookAgain(), this, LookEvery, LookEvery);
    }

    /// <summary>Reloads now, whether anything has changed or not.</summary>
    public void Reload()
    {
        lock (gate)
        {
            stamps = Look();
            var result = Settings.Load(sources);
            var changes = result.Settings is null ? [] : SettingsDifference.Between(current, result.Settings);
            if (result.Settings is not null)
            {
                current = result.Settings;
                stamps = Look(); // it may name other files now
            }

            reloaded(new SettingsReload(current, result.Settings is not null, changes, result.Faults));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void LookAgain()
    {
        // A reload that takes longer than the interval must not queue others behind it.
        if (!gate.TryEnter())
        {
            return;
        }

        try
        {
            if (!Look().AsSpan().SequenceEqual(stamps))
            {
                Reload();
            }
        }
        finally
        {
            gate.Exit();
        }
    }

    private Stamp[] Look() => [.. current.Files.Select(Stamp.Of)];

    // A file that is gone, or may not be read, is different from one that is there.
    private readonly record struct Stamp(DateTime Written, long Length, string? Target)
    {
        public static Stamp Of(string file)
        {
            try
            {
                var target = File.ResolveLinkTarget(file, returnFinalTarget: true);
                var info = new FileInfo(target?.FullName ?? file);
                return info.Exists ? new Stamp(info.LastWriteTimeUtc, info.Length, target?.FullName) : default;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }
}
