namespace Parley;

/// <summary>Where the queue, the mail and the accounts rest unless `--data` says otherwise.</summary>
internal static class DataPath
{
    /// <summary>
    /// The folder that was named, else `parley` under `$XDG_STATE_HOME`, else under the user's state folder; null when
    /// there is no home to look in. The XDG base directory specification has relative values ignored.
    /// </summary>
    public static string? Find(string? named, Func<string, string?> environment)
    {
        if (named is not null)
        {
            return Path.GetFullPath(named);
        }

        if (environment("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state))
        {
            return Path.Combine(state, "parley");
        }

        return environment("HOME") is { } home && Path.IsPathFullyQualified(home)
            ? Path.Combine(home, ".local", "state", "parley")
            : null;
    }
}
