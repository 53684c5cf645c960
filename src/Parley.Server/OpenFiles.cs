using System.Globalization;

namespace Parley.Server;

/// <summary>
/// How many files and sockets each part of the server may have open at one time. The runtime ends a process that lacks a
/// descriptor when it needs one, for an assembly say: the system's limit must never be reached, so it is shared out before.
/// </summary>
public sealed record OpenFiles
{
    // What a server opens of its own once every page was asked for and every way out was gone: two for each of some 110
    // assemblies, store, log, listeners. About 50 are open already when it is counted; 270 in all were measured.
    private const int Own = 256;
    private const int LeastShared = 128;
    private const string Row = "Max open files";

    /// <summary>SMTP connections.</summary>
    public int Connections { get; init; } = int.MaxValue;

    /// <summary>Connections that are being told why they may not come in.</summary>
    public int Refusals { get; init; } = 200;

    /// <summary>Long messages that come in, each into a file.</summary>
    public int Contents { get; init; } = int.MaxValue;

    /// <summary>Visits to next hops, each with a connection and maybe the file of a message.</summary>
    public int Visits { get; init; } = 1000;

    /// <summary>Connections to next hops that are kept for another message.</summary>
    public int IdleVisits { get; init; } = 200;

    /// <summary>Connections to console and API, each maybe with the file of a message.</summary>
    public int Web { get; init; } = 1000;

    /// <summary>The shares by the limit of this process; no bounds but the usual where the system does not tell it.</summary>
    /// <exception cref="TooFewOpenFilesException">The limit is too low for a server.</exception>
    public static OpenFiles OfThisProcess()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? Of(File.ReadLines("/proc/self/limits"), Directory.EnumerateFileSystemEntries("/proc/self/fd").Count())
                : new OpenFiles();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new OpenFiles();
        }
    }

    /// <summary>The shares by a limit.</summary>
    /// <param name="limits">The lines of /proc/self/limits.</param>
    /// <param name="open">Descriptors that were open before the server began to start.</param>
    /// <exception cref="TooFewOpenFilesException">The limit is too low for a server.</exception>
    public static OpenFiles Of(IEnumerable<string> limits, int open)
    {
        var row = limits.FirstOrDefault(static line => line.StartsWith(Row, StringComparison.Ordinal));
        var soft = row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (!long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
        {
            return new OpenFiles();
        }

        var shared = limit - open - Own;
        if (shared < LeastShared)
        {
            throw new TooFewOpenFilesException(limit, open + Own + LeastShared);
        }

        // Of 32 parts: connections 17, contents 4, refusals and idle visits 1 each; visits and the web 2 of two descriptors each.
        var most = new OpenFiles();
        var part = (int)Math.Min(shared / 32, int.MaxValue / 32);
        return new OpenFiles
        {
            Connections = part * 17,
            Refusals = Math.Min(part, most.Refusals),
            Contents = part * 4,
            Visits = Math.Min(part * 2, most.Visits),
            IdleVisits = Math.Min(part, most.IdleVisits),
            Web = Math.Min(part * 2, most.Web),
        };
    }
}

/// <summary>The process may open too few files to run a server.</summary>
public sealed class TooFewOpenFilesException(long limit, int needed)
    : Exception($"this process may open {limit} files and sockets, and a server needs {needed} at least; raise the limit: `ulimit -n 65536` in the shell that starts it, LimitNOFILE=65536 in a systemd unit");
