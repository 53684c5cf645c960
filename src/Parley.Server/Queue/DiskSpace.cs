namespace Parley.Server.Queue;

/// <summary>
/// The room on the file system of the data folder. A reserve is never given to mail: the log of the database needs it,
/// so that deleting works when the disk is full.
/// </summary>
internal sealed class DiskSpace
{
    private const long SmallestReserve = 4L << 20;
    private const long LargestReserve = 256L << 20;
    private const long LargestBallast = 8L << 20;
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private readonly DriveInfo drive;

    /// <summary>Looks at the file system that holds a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="reserve">The reserve in octets; null for a sixteenth of the file system, from 4 to 256 MB.</param>
    public DiskSpace(string folder, long? reserve)
    {
        drive = new DriveInfo(folder);
        Reserve = reserve ?? Math.Clamp(drive.TotalSize / 16, SmallestReserve, LargestReserve);
        Ballast = new Ballast(Path.Combine(folder, "ballast"), Math.Min(Reserve / 4, LargestBallast));
    }

    /// <summary>Octets that mail may not take.</summary>
    public long Reserve { get; }

    /// <summary>The part of the reserve that is held by a file.</summary>
    public Ballast Ballast { get; }

    /// <summary>Octets that mail may still take; negative when the reserve is broken into.</summary>
    public long Free => drive.AvailableFreeSpace + Ballast.Length - Reserve;

    /// <summary>Whether a fault says that the disk is full.</summary>
    public static bool IsFull(Exception fault) =>
        fault is IOException { HResult: NoSpaceLeft or QuotaExceeded or WindowsDiskFull };
}
