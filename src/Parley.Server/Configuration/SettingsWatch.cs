namespace Parley.Server.Configuration;

/// <summary>What a reload found.</summary>
/// <param name="Settings">The settings in force from here on; what needs a restart is in them as it was.</param>
/// <param name="IsApplied">Whether anything new is in force: not where there are errors, nor where all of it needs a restart.</param>
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
    private Settings written;
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
        current = written = settings;
        stamps = Look();
        timer = time.CreateTimer(static me => ((SettingsWatch)me!).LookAgain(), this, LookEvery, LookEvery);
    }

    /// <summary>Reloads now, whether anything has changed or not.</summary>
    public void Reload()
    {
        lock (gate)
        {
            var result = Settings.Load(sources);
            var changes = result.Settings is null ? [] : SettingsDifference.Between(written, result.Settings);
            var isApplied = result.Settings is not null && result.Settings.IsCatcher == current.IsCatcher;
            written = result.Settings ?? written;
            current = isApplied ? Merge(current, written) : current;
            stamps = Look();
            reloaded(new SettingsReload(current, isApplied, changes, result.Faults));
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

    // Sockets and store are what they were at the start. A listener is known by its place in the list, so that any other
    // set of addresses keeps the whole list.
    private static Settings Merge(Settings before, Settings after) => after with
    {
        Listeners = after.Listeners.Select(l => l.Address).SequenceEqual(before.Listeners.Select(l => l.Address)) ? after.Listeners : before.Listeners,
        Http = after.Http with { Address = before.Http.Address },
        Store = before.Store,
    };

    private Stamp[] Look() => [.. written.Files.Select(Stamp.Of)];

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
