namespace Parley.Server.Queue;

/// <summary>
/// A file that only takes room. Mail never fills the disk to its end, but others may; then the ballast is thrown
/// overboard, so that deletions can be written, and taken aboard again when there is room.
/// </summary>
internal sealed class Ballast(string path, long octets)
{
    private static readonly byte[] Piece = new byte[64 * 1024];

    /// <summary>Octets that it takes now.</summary>
    public long Length => File.Exists(path) ? octets : 0;

    /// <summary>Takes the room, if it is not taken and the disk has it.</summary>
    public void TakeAboard()
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            using var file = DataFolder.CreateFile(path);
            for (var written = 0L; written < octets; written += Piece.Length)
            {
                file.Write(Piece);
            }
        }
        catch (IOException)
        {
            _ = ThrowOverboard();
        }
    }

    /// <summary>Gives the room back; false when it was not taken.</summary>
    public bool ThrowOverboard()
    {
        var taken = File.Exists(path);
        File.Delete(path);
        return taken;
    }
}
