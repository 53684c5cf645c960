using System.Globalization;

namespace Parley.Bench.Measuring;

/// <summary>
/// CPU and memory of processes and all their descendants, from /proc. The CPU of children that have ended stays counted:
/// it is in cutime and cstime of whoever waited for them.
/// </summary>
public static class ProcessTree
{
    // The kernel reports in USER_HZ, which is 100 on every architecture .NET runs on, whatever the timer's own rate is.
    private const double TicksPerSecond = 100;

    // Fields of /proc/PID/stat counted from "state", the first one after the name in parentheses (proc_pid_stat(5)).
    private const int ParentField = 1;
    private const int UserTimeField = 11;
    private const int TimeFields = 4;

    public static double CpuSeconds(IReadOnlyList<int> roots)
        => roots.SelectMany(Tree).Sum(process => process.Ticks) / TicksPerSecond;

    /// <summary>Memory in KB, pages shared between several processes divided among them, so that a tree is not charged twice.</summary>
    public static long ProportionalKilobytes(IReadOnlyList<int> roots)
        => roots.SelectMany(Tree).Sum(process => Field($"/proc/{process.Id}/smaps_rollup", "Pss:"));

    /// <summary>The resident set of one process, in KB.</summary>
    public static long ResidentKilobytes(int process) => Field($"/proc/{process}/status", "VmRSS:");

    /// <summary>The highest resident set since <see cref="ResetPeak"/>, in KB.</summary>
    public static long PeakKilobytes(int process) => Field($"/proc/{process}/status", "VmHWM:");

    // "5" resets the peak resident set size (proc_pid_clear_refs(5)).
    public static void ResetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    public static IReadOnlyList<int> Ids(int root) => [.. Tree(root).Select(process => process.Id)];

    private static List<Entry> Tree(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<Entry>()
            .ToLookup(entry => entry.Parent);
        var tree = new List<Entry>();
        if (Read(root) is not { } first)
        {
            return tree;
        }

        tree.Add(first);
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(all[tree[i].Id]);
        }

        return tree;
    }

    private static Entry? Read(int id)
    {
        if (TryReadAll($"/proc/{id}/stat") is not { } text)
        {
            return null;
        }

        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields.Skip(UserTimeField).Take(TimeFields).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return new Entry(id, int.Parse(fields[ParentField], CultureInfo.InvariantCulture), ticks);
    }

    private static long Field(string file, string name)
    {
        var line = TryReadAll(file)?.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    // A process may end between being listed and being read.
    private static string? TryReadAll(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, long Ticks);
}
