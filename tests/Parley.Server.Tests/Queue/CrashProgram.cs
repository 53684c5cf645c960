using System.Diagnostics;

namespace Parley.Server.Tests.Queue;

/// <summary>The program of <c>tests/Crash</c>, started and, if need be, killed.</summary>
internal sealed class CrashProgram : IDisposable
{
    public static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "Parley.Crash");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;

    private CrashProgram(Process process) => this.process = process;

    /// <summary>What it printed: whole lines only.</summary>
    public List<string> Lines { get; } = [];

    public int ExitCode => process.ExitCode;

    public static CrashProgram Start(string program, IEnumerable<string> arguments, string? crashAt = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        // A killed process would leave its diagnostic pipes in the folder for temporary files.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        if (crashAt is not null)
        {
            start.Environment["PARLEY_CRASH_AT"] = crashAt;
        }

        return new CrashProgram(Process.Start(start)!);
    }

    /// <summary>Runs it to its end, whatever that is.</summary>
    public static async Task<CrashProgram> Run(string program, IEnumerable<string> arguments, string? crashAt = null)
    {
        var run = Start(program, arguments, crashAt);
        await run.ReadToEnd();
        return run;
    }

    public async Task ReadLine() => Lines.Add(await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException("it ended early"));

    public void Kill() => process.Kill();

    public async Task ReadToEnd()
    {
        var rest = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        // A line without its end was cut by the kill; the message may or may not have been told of.
        Lines.AddRange(rest.Split('\n')[..^1]);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
