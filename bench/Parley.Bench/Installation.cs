namespace Parley.Bench;

/// <summary>Where the programs are that a bench starts.</summary>
public sealed class Installation
{
    private readonly string _artifacts;

    private Installation(string artifacts) => _artifacts = artifacts;

    public string Parley => Built("Parley", "parley");

    public string Sink => Built("Parley.Sink", "parley-sink");

    public string LoadClient => Built("Parley.LoadClient", "parley-load");

    /// <summary>The build output that this very program runs from, so that a run measures what was built with it.</summary>
    public static Installation Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && folder.Name != "bin")
        {
            folder = folder.Parent;
        }

        return folder is null
            ? throw new BenchException($"No build output above {AppContext.BaseDirectory}; start the bench with bench/run.")
            : new Installation(folder.FullName);
    }

    /// <summary>A tool of the system, wanted from a Debian package that is named when it is absent.</summary>
    public static string Tool(string name, string debianPackage)
    {
        string[] more = ["/usr/sbin", "/sbin", "/usr/local/sbin"];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(more).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new BenchException($"{name} is not installed; on Debian: apt-get install {debianPackage}.");
    }

    private string Built(string project, string program)
    {
        var path = Path.Combine(_artifacts, project, "release", program);
        return File.Exists(path)
            ? path
            : throw new BenchException($"{path} is not there; build it with: dotnet build -c Release bench/Parley.Bench.");
    }
}
