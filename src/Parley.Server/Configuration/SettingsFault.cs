namespace Parley.Server.Configuration;

/// <summary>Where a value was written: a file with line and column, an environment variable, or a flag.</summary>
public sealed record Place(string Source, int Line = 0, int Column = 0)
{
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}

/// <summary>Something wrong, or (as a warning) unwise, in the configuration. Secrets are never in it.</summary>
/// <param name="Place">Where.</param>
/// <param name="Key">The key's path, such as `listeners[1].tls`; empty for the file as a whole.</param>
/// <param name="Problem">What is wrong, without a full stop.</param>
/// <param name="Mend">How to mend it, without a full stop.</param>
/// <param name="IsWarning">Whether the server starts all the same.</param>
public sealed record SettingsFault(Place Place, string Key, string Problem, string Mend, bool IsWarning = false)
{
    /// <summary>One line, in the form that editors jump to: place, severity, key, problem; mend.</summary>
    public override string ToString() =>
        $"{Place}: {(IsWarning ? "warning" : "error")}: {(Key.Length == 0 ? string.Empty : Key + ": ")}{Problem}; {Mend}";
}
