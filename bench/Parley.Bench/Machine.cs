using System.Globalization;
using System.Runtime.InteropServices;
using Parley.Bench.Measuring;

namespace Parley.Bench;

/// <summary>The lines at the head of a report: without them its figures mean nothing a month later.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync(BenchSettings settings, CancellationToken cancel)
    {
        var cpu = (await File.ReadAllLinesAsync("/proc/cpuinfo", cancel))
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024 * 1024.0);
        var postfix = await PostfixVersionAsync(cancel);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Parley beside its peers

            - {Environment.ProcessorCount} cores ({cpu}), {memory:0} GB, {RuntimeInformation.OSDescription}
            - {RuntimeInformation.FrameworkDescription}; {postfix}
            - data under {settings.Folder} on {FileSystem(settings.Folder)}; client and server share the cores
            - {settings.Rounds} rounds, {settings.DriveTime.TotalSeconds:0.#} s a drive; load average at the start {LoadAverage()}
            - a figure is a median over the rounds, with the least and the greatest in parentheses

            """);
    }

    /// <summary>A complaint where the place or the moment makes figures worthless, else null.</summary>
    public static string? Complaint(BenchSettings settings)
    {
        if (FileSystem(settings.Folder) is "tmpfs" or "ramfs")
        {
            return $"{settings.Folder} is in memory, where a flush costs nothing: name a folder on a disk with --folder.";
        }

        return double.Parse(LoadAverage(), CultureInfo.InvariantCulture) > Environment.ProcessorCount / 2.0
            ? $"The load average is {LoadAverage()} before anything was started: expect noise."
            : null;
    }

    private static string FileSystem(string folder)
        => File.ReadAllLines("/proc/mounts").Select(line => line.Split(' '))
            .Where(mount => mount.Length > 2 && (mount[1] == "/" || $"{folder}/".StartsWith($"{mount[1]}/", StringComparison.Ordinal)))
            .MaxBy(mount => mount[1].Length)?[2] ?? "an unknown file system";

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static async Task<string> PostfixVersionAsync(CancellationToken cancel)
    {
        try
        {
            var version = await Child.RunAsync(Installation.Tool("postconf", "postfix"), ["-h", "mail_version"], cancel);
            return $"Postfix {version.Trim()}";
        }
        catch (BenchException)
        {
            return "Postfix absent";
        }
    }
}
