using System.Globalization;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// Keeps the database from filling the disk. Mail makes the database file grow; the log (WAL) lives inside the reserve,
/// which mail may not take: so a deletion can always be written, and the pages that it frees are used again.
/// </summary>
internal sealed class RoomKeeper : IDisposable
{
    private const long LargestBatch = 16L << 20;
    private const long LargestLog = 128L << 20;
    private const long LargestFreeToKeep = 64L << 20;
    private const long PlentyOfRoom = 256L << 20;

    private readonly DiskSpace space;
    private readonly string path;
    private readonly Statement freePages;
    private readonly Statement allPages;
    private readonly Statement giveBack;
    private readonly long freePagesToKeep;
    private long forMail;

    public RoomKeeper(DiskSpace space, string path, Database database)
    {
        this.space = space;
        this.path = path;
        freePages = database.Prepare("PRAGMA freelist_count");
        allPages = database.Prepare("PRAGMA page_count");
        // The log can grow to twice its length and a batch before it begins anew: with the ballast that fits into the reserve.
        BatchOctets = Math.Min(LargestBatch, space.Reserve / 8);
        LogOctets = Math.Min(LargestLog, space.Reserve / 4);

        // Pages that are free stay in the file for the next mail; only what a spike left is given back. A page that is
        // given back may move another one through the log, so that a step must not be longer than that.
        freePagesToKeep = Math.Min(LargestFreeToKeep, space.Reserve) / Pages.Size;
        giveBack = database.Prepare(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({LogOctets / 4 / Pages.Size})"));
        _ = ForMail();
    }

    /// <summary>Most octets of content in one transaction, but for a single message that is larger.</summary>
    public long BatchOctets { get; }

    /// <summary>The length from which on the log should begin anew.</summary>
    public long LogOctets { get; }

    /// <summary>What <see cref="ForMail"/> found last; for questions from other threads.</summary>
    public long LastForMail => Volatile.Read(ref forMail);

    /// <summary>Octets of the database file that mail may still take: pages that are free in it, and room to grow.</summary>
    public long ForMail()
    {
        // What the log takes is part of the reserve. Pages that stand in the log only will make the file grow when they
        // are moved there.
        var toGrow = Math.Max(0, (Number(allPages) * Pages.Size) - FileLength(path));
        var room = (Number(freePages) * Pages.Size) + space.Free + FileLength(path + "-wal") - toGrow;
        Volatile.Write(ref forMail, room);
        return room;
    }

    /// <summary>Looks again at how much room there is when there is little: who asks before a message comes must not ask in vain.</summary>
    public void LookAgain()
    {
        if (LastForMail < PlentyOfRoom)
        {
            _ = ForMail();
        }
    }

    /// <summary>What is done when there is nothing else to do: takes ballast aboard, and gives disk back, a step at a time.</summary>
    /// <returns>Whether something was given back.</returns>
    public bool WhenIdle()
    {
        _ = ForMail();
        if (space.Free > space.Reserve)
        {
            space.Ballast.TakeAboard();
        }

        if (Number(freePages) <= freePagesToKeep)
        {
            return false;
        }

        giveBack.Start();
        while (giveBack.Step())
        {
            // A row for each page.
        }

        return true;
    }

    public void Dispose()
    {
        freePages.Dispose();
        allPages.Dispose();
        giveBack.Dispose();
    }

    private static long FileLength(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private static long Number(Statement statement)
    {
        statement.Start().Step();
        var number = statement.Int64(0);
        statement.Stop();
        return number;
    }
}
