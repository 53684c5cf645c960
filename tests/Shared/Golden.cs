namespace Parley.Tests.Shared;

/// <summary>
/// Files in the repository that must equal what the code makes of itself, so that a change of it is a visible diff.
/// `UPDATE_GOLDEN=1 dotnet test` writes them anew.
/// </summary>
internal static class Golden
{
    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Fails when the file, named from the repository's folder, is not this text.</summary>
    public static void Check(string file, string actual)
    {
        var path = Path.Combine(Root, file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(expected == actual, $"{file} differs; look at the diff after UPDATE_GOLDEN=1 dotnet test. It should be:\n{actual}");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Parley.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests run outside of the repository");
        }

        return folder;
    }
}
