using SQLitePCL;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// What reads and writes have found wrong with the disk. What cannot be read stays said until the server is started
/// again, as no write mends it; a write that failed is forgotten as soon as one succeeds.
/// </summary>
public sealed class StoreHealth
{
    /// <summary>What to do about damage, to be put behind the fault.</summary>
    internal const string Advice = "a part of the database cannot be read: restore a backup as docs/operating.md says";

    private const string Damaged =
        "a part of the database cannot be read; stop the server and restore a backup as docs/operating.md says; the log says more";

    private const string Unwritten =
        "the last write to the disk failed, so that mail is answered 451; look at the disk and at the log; this ends when a write succeeds";

    // The disk gives less or other octets than were written: SQLITE_IOERR_DATA and SQLITE_IOERR_CORRUPTFS.
    private const int OtherOctets = raw.SQLITE_IOERR | (32 << 8);
    private const int DamagedFileSystem = raw.SQLITE_IOERR | (33 << 8);

    private volatile bool unreadable;
    private volatile bool uncommitted;
    private volatile bool unmoved;

    /// <summary>What is wrong and what to do, in words for an operator; null when nothing is known.</summary>
    public string? Trouble => unreadable ? Damaged : IsWaitingForWrite ? Unwritten : null;

    /// <summary>Whether a write failed and none has succeeded since.</summary>
    internal bool IsWaitingForWrite => uncommitted || unmoved;

    /// <summary>Whether a fault means that the database is damaged, or that the disk does not give it back.</summary>
    internal static bool IsDamage(Exception fault) =>
        fault is InvalidDataException
            or SqliteFault { Primary: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB }
            or SqliteFault { Code: raw.SQLITE_IOERR_READ or raw.SQLITE_IOERR_SHORT_READ or OtherOctets or DamagedFileSystem };

    internal void CouldNotRead(Exception fault)
    {
        // Never written false: readers on several threads find different faults at one time.
        if (IsDamage(fault))
        {
            unreadable = true;
        }
    }

    internal void Committed() => uncommitted = false;

    internal void CouldNotCommit(Exception fault)
    {
        CouldNotRead(fault);
        uncommitted |= IsOfDisk(fault);
    }

    internal void LogMoved() => unmoved = false;

    internal void CouldNotMoveLog(Exception fault)
    {
        CouldNotRead(fault);
        unmoved |= IsOfDisk(fault);
    }

    // A full disk is another matter, and so is another process that has the lock.
    private static bool IsOfDisk(Exception fault) =>
        fault is SqliteFault { Primary: raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM };
}
