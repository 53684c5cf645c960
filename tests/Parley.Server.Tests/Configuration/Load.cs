using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

/// <summary>Short ways to load a configuration and to see what is wrong with it.</summary>
internal static class Load
{
    public static SettingsResult Of(string json, params (string Name, string Value)[] environment) => Settings.Load(new SettingsSources
    {
        File = "parley.json",
        Text = json,
        MachineName = "box",
        Environment = environment.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
    });

    /// <summary>The settings of a configuration without errors.</summary>
    public static Settings Good(string json, params (string Name, string Value)[] environment)
    {
        var result = Of(json, environment);
        Assert.True(result.Settings is not null, string.Join('\n', result.Faults));
        return result.Settings;
    }

    /// <summary>Every fault as its line.</summary>
    public static string[] Faults(string json, params (string Name, string Value)[] environment) =>
        [.. Of(json, environment).Faults.Select(f => f.ToString())];

    /// <summary>The one fault there is.</summary>
    public static string Fault(string json, params (string Name, string Value)[] environment) => Assert.Single(Faults(json, environment));
}

/// <summary>A folder for the files that a configuration names.</summary>
internal sealed class ConfigFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("parley-config-").FullName;

    public string Write(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    public SettingsResult Load(string json)
    {
        var file = Write("parley.json", json);
        return Settings.Load(new SettingsSources { File = file, MachineName = "box" });
    }

    public string[] Faults(string json) =>
        [.. Load(json).Faults.Select(f => f.ToString().Replace(Path + "/", "", StringComparison.Ordinal))];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
