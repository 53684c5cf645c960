using System.Diagnostics;

namespace Parley.Tests;

/// <summary>What a run of the program ended with.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>The program itself, as it was built, in a process of its own and in a folder of its own.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal);

    /// <summary>The current folder of the program, empty at first.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("parley-").FullName;

    /// <summary>What the next runs read from standard input.</summary>
    public string Input { get; set; } = "";

    public string Write(string name, string content)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, content);
        return file;
    }

    public void Set(string name, string value) => environment[name] = value;

    public Outcome Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"parley {string.Join(' ', arguments)} did not end; so far: {output}");
        }

        return new Outcome(process.ExitCode, output, error.Result);
    }

    public Process Start(params string[] arguments) => Start(new ProcessStartInfo(Executable, arguments));

    /// <summary>The program, started by another that is given it and its arguments last.</summary>
    public Process StartUnder(string starter, string[] first, string[] arguments) =>
        Start(new ProcessStartInfo(starter, [.. first, Executable, .. arguments]));

    private static string Executable => Path.Combine(AppContext.BaseDirectory, "parley");

    private Process Start(ProcessStartInfo start)
    {
        start.WorkingDirectory = Folder;
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("PARLEY__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = Folder;
        start.Environment.Remove("XDG_STATE_HOME");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Write(Input);
        process.StandardInput.Close();
        return process;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
