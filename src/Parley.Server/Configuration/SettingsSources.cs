using System.Collections;
using System.Collections.Frozen;

namespace Parley.Server.Configuration;

/// <summary>Where the configuration comes from: a flag beats the environment, which beats the file.</summary>
public sealed record SettingsSources
{
    /// <summary>The configuration file, as the user names it; null: none.</summary>
    public string? File { get; init; }

    /// <summary>The configuration itself instead of a file, for embedding and tests.</summary>
    public string? Text { get; init; }

    /// <summary>Environment variables; those that begin with `PARLEY__` count.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The values of `--smtp`, which replace the configured listeners.</summary>
    public IReadOnlyList<string> Smtp { get; init; } = [];

    /// <summary>The value of `--http`; `-` switches HTTP off.</summary>
    public string? Http { get; init; }

    /// <summary>The name to fall back on for `hostname`.</summary>
    public string MachineName { get; init; } = System.Environment.MachineName;

    /// <summary>The variables of this process that count.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(v => ((string)v.Key).StartsWith(Reading.Variable.Prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal);
}

/// <summary>What a load found. Settings are null when a fault is more than a warning.</summary>
public sealed record SettingsResult(Settings? Settings, IReadOnlyList<SettingsFault> Faults);
