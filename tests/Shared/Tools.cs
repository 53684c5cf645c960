using System.Diagnostics;

namespace Parley.Tests.Shared;

/// <summary>Programs that are not ours and that some tests need; a test without its program says so and is left out.</summary>
internal static class Tools
{
    /// <summary>The path of a program, or null where it is not installed.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/sbin", "/sbin", "/usr/local/sbin"])
            .Where(static folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Starts a program, by its name; the test is left out where it is not installed.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        Require(start.FileName);
        return Process.Start(start)!;
    }

    /// <summary>Leaves the test out where one of these programs is not installed.</summary>
    public static void Require(params string[] names)
    {
        foreach (var name in names)
        {
            Assert.SkipUnless(Find(name) is not null, $"needs {name}, which is not installed");
        }
    }
}
