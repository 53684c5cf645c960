namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>How to open a SQLite store.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The data folder; it is made when it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether to open beside a server that may be running, as tools do: the folder is not locked, nothing is cleaned up,
    /// and a folder without a store is refused.
    /// </summary>
    public bool Beside { get; init; }

    /// <summary>How much mail that rests is kept; null keeps all.</summary>
    public Retention? Retention { get; init; }

    /// <summary>Octets of the disk that mail may not take; null for a sixteenth of the file system, from 4 to 256 MB.</summary>
    public long? Reserve { get; init; }

    /// <summary>Most long contents that come in at one time, each into a file; what comes beyond is answered 452.</summary>
    public int MostContents { get; init; } = int.MaxValue;

    /// <summary>
    /// Most octets of memory that contents hold together while they come in, by default a quarter of the machine's; what
    /// comes beyond is answered 452, but for messages of up to 16 KB.
    /// </summary>
    public long MostHeld { get; init; } = AQuarter(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Called at each step that <c>docs/queue-states.md</c> names; a crash test stops the process there.</summary>
    public Action<string> Step { get; init; } = static _ => { };

    // Not known is no bound.
    private static long AQuarter(long octets) => octets > 0 ? octets / 4 : long.MaxValue;
}
