using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Parley.Tests.Interop;

/// <summary>`parley serve` in a process of its own, on free ports, with its API at hand.</summary>
internal sealed class ServingProgram : IDisposable
{
    private readonly RunningProgram program = new();
    private readonly Process process;

    public ServingProgram(string? configuration = null, params string[] flags)
        : this(configuration, flags, static (program, arguments) => program.Start(arguments))
    {
    }

    private ServingProgram(string? configuration, string[] flags, Func<RunningProgram, string[], Process> start)
    {
        string[] config = configuration is null ? [] : ["--config", program.Write("parley.json", configuration)];
        process = start(program, ["serve", .. config, "--http", "127.0.0.1:0", .. flags]);
        var ready = process.StandardOutput.ReadLine() ?? "";
        Assert.True(ready.StartsWith("ready smtp=", StringComparison.Ordinal), ready + (ready.Length == 0 ? process.StandardError.ReadToEnd() : ""));
        _ = process.StandardError.ReadToEndAsync();
        var parts = ready["ready smtp=".Length..].Split(" http=");
        Smtp = [.. parts[0].Split(',').Select(IPEndPoint.Parse)];
        Http = new HttpClient { BaseAddress = new Uri($"http://{parts[1]}/") };
    }

    public IReadOnlyList<IPEndPoint> Smtp { get; }

    public HttpClient Http { get; }

    /// <summary>The folder that the program runs in; it goes with it.</summary>
    public string Folder => program.Folder;

    public int ProcessId => process.Id;

    /// <summary>The same with its data on a file system of so many megabytes, mounted in a namespace that goes with it.</summary>
    public static ServingProgram OnSmallDisk(string configuration, string folder, int megabytes) =>
        new(configuration, ["--smtp", "127.0.0.1:0", "--data", folder], (program, arguments) => program.StartUnder(
            "unshare", ["-m", "--propagation", "private", "sh", "-c", $"mount -t tmpfs -o size={megabytes}m tmpfs '{folder}' && exec \"$0\" \"$@\""], arguments));

    /// <summary>Ends it as `kill -9` does.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Ids of the messages, the newest first.</summary>
    public async Task<IReadOnlyList<string>> Messages()
    {
        using var list = JsonDocument.Parse(await Http.GetStringAsync("api/v1/messages"));
        return [.. list.RootElement.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString()!)];
    }

    /// <summary>The raw octets of a message.</summary>
    public Task<byte[]> Raw(string id) => Http.GetByteArrayAsync($"api/v1/messages/{id}/raw");

    public void Dispose()
    {
        Http.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
        program.Dispose();
    }
}

/// <summary>A program of somebody else's.</summary>
internal static class Peer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Skips the test, with the reason, where the program is not installed.</summary>
    public static void Need(string program, string package) =>
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program))),
            $"needs {program}; Debian's package is {package}");

    /// <summary>Runs a program to its end; its output and error together.</summary>
    public static Task<(int ExitCode, string Output)> Run(string program, string? input, params string[] arguments) =>
        Run(program, input, Patience, arguments);

    /// <summary>The same for a program that takes its time.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string program, string? input, TimeSpan most, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] += ":/usr/sbin";
        start.FileName = (start.Environment["PATH"] ?? "").Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(most);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end; so far: {await output}{await error}");
        }

        return (process.ExitCode, await output + await error);
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
