using System.Globalization;

namespace Parley.Server.Listening;

/// <summary>
/// How many connections the limit of open files leaves room for. The store, what is delivered and the runtime itself need
/// descriptors too: when clients take the last one, the runtime ends the process.
/// </summary>
internal static class OpenFileLimit
{
    private const string Row = "Max open files";

    /// <summary>Most connections of this process; no bound where the system does not tell its limit.</summary>
    public static int ForConnections()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? ForConnections(File.ReadLines("/proc/self/limits"), Directory.EnumerateFileSystemEntries("/proc/self/fd").Count())
                : int.MaxValue;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return int.MaxValue;
        }
    }

    /// <summary>Three quarters of what is free now.</summary>
    /// <param name="limits">The lines of /proc/self/limits.</param>
    /// <param name="open">Descriptors that are open.</param>
    public static int ForConnections(IEnumerable<string> limits, int open)
    {
        var row = limits.FirstOrDefault(static line => line.StartsWith(Row, StringComparison.Ordinal));
        var soft = row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? (int)Math.Clamp((most - open) * 3 / 4, 1, int.MaxValue)
            : int.MaxValue;
    }
}
