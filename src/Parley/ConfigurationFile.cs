using Parley.Server.Configuration;

namespace Parley;

/// <summary>What verbs that read the configuration have in common.</summary>
internal static class ConfigurationFile
{
    public const string Name = "parley.json";

    /// <summary>The file that was named; else `parley.json` in the current folder, if it is there.</summary>
    public static string? Find(string? named) => named ?? (File.Exists(Name) ? Name : null);

    /// <summary>One line a fault.</summary>
    public static void Print(IReadOnlyList<SettingsFault> faults, TextWriter error)
    {
        foreach (var fault in faults)
        {
            error.WriteLine(fault);
        }
    }
}
