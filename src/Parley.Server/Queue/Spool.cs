namespace Parley.Server.Queue;

/// <summary>The folder of contents that are too long for memory: one file each, written once, named by its own id.</summary>
internal sealed class Spool
{
    private readonly string folder;
    private readonly DiskSpace space;
    private readonly QueueIdSource names;
    private readonly Action<string> step;
    private int open;
    private long held;

    public Spool(string folder, DiskSpace space, QueueIdSource names, Action<string> step)
    {
        this.folder = folder;
        this.space = space;
        this.names = names;
        this.step = step;
        DataFolder.Create(folder);
    }

    public DiskSpace Space => space;

    /// <summary>Most files that are written at one time.</summary>
    public int MostOpen { get; init; } = int.MaxValue;

    public bool HasRoomFor(long octets) => space.Free >= octets;

    /// <summary>Most octets of memory that contents hold together, but for short ones.</summary>
    public long MostHeld { get; init; } = long.MaxValue;

    /// <summary>Whether contents hold all that they may.</summary>
    public bool HoldsMost => Interlocked.Read(ref held) > MostHeld;

    /// <summary>A content takes so many octets of memory more, or gives them back.</summary>
    public void Hold(long octets) => Interlocked.Add(ref held, octets);

    /// <summary>A new file; null when there are too many already.</summary>
    public SpoolFile? Create()
    {
        if (Interlocked.Increment(ref open) <= MostOpen)
        {
            try
            {
                return new SpoolFile(this, names.Next().ToString());
            }
            catch
            {
                Closed();
                throw;
            }
        }

        Closed();
        return null;
    }

    /// <summary>A file that was created is closed.</summary>
    public void Closed() => Interlocked.Decrement(ref open);

    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>A step that a crash test may stop at.</summary>
    public void Step(string name) => step(name);

    /// <summary>Makes new names in the folder survive a loss of power.</summary>
    public void FlushFolder() => DataFolder.Flush(folder);

    public void Delete(string name) => File.Delete(PathOf(name));

    /// <summary>Removes what a crash left: files that no message names.</summary>
    public int RemoveOrphans(Func<string, bool> isKept)
    {
        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (!isKept(Path.GetFileName(path)))
            {
                File.Delete(path);
                removed++;
            }
        }

        return removed;
    }
}

/// <summary>One file of the spool while it is written. It goes when it is disposed, unless a message came to own it.</summary>
internal sealed class SpoolFile : IAsyncDisposable
{
    // Dirty pages are pushed out on the way, so that the last flush of a long message is no longer than that of a short one.
    private const long FlushEvery = 16L << 20;

    private readonly Spool spool;
    private readonly FileStream stream;
    private long flushed;

    public SpoolFile(Spool spool, string name)
    {
        this.spool = spool;
        Name = name;
        stream = DataFolder.CreateFile(spool.PathOf(name));
        spool.Step("spool-created");
    }

    public string Name { get; }

    public long Length { get; private set; }

    /// <summary>Set once a committed message names the file.</summary>
    public bool Owned { get; set; }

    public async ValueTask Write(ReadOnlyMemory<byte> octets, CancellationToken cancellation)
    {
        await RandomAccess.WriteAsync(stream.SafeFileHandle, octets, Length, cancellation);
        Length += octets.Length;
        if (Length - flushed >= FlushEvery)
        {
            flushed = Length;
            await Task.Run(() => RandomAccess.FlushToDisk(stream.SafeFileHandle), cancellation);
        }
    }

    /// <summary>Flushes the file, then the folder that names it. Blocks for as long as the disk takes, on the pool.</summary>
    public async ValueTask Seal() => await Task.Run(() =>
    {
        spool.Step("spool-written");
        RandomAccess.FlushToDisk(stream.SafeFileHandle);
        spool.Step("spool-flushed");
        spool.FlushFolder();
        spool.Step("spool-folder-flushed");
    });

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        spool.Closed();
        try
        {
            if (!Owned)
            {
                spool.Delete(Name);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A disk that takes no write, which the client's reply tells; the next start removes what nobody names.
        }
    }
}
