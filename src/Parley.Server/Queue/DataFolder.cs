using System.Runtime.InteropServices;

namespace Parley.Server.Queue;

/// <summary>The data folder: ours alone (0700, files 0600), locked against a second server, flushed when names change.</summary>
internal sealed partial class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // How a lock that another process has is told, and not a disk that may not be written, or descriptors that are used up.
    private const int WouldBlock = 11; // EWOULDBLOCK
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream lockFile;

    private DataFolder(FileStream lockFile) => this.lockFile = lockFile;

    /// <summary>Takes the folder for one server until disposed, or until the process ends in whatever way.</summary>
    /// <exception cref="StoreInUseException">Another server has it.</exception>
    public static DataFolder Lock(string path)
    {
        var options = FileOptionsFor(FileMode.OpenOrCreate, FileShare.None);
        try
        {
            return new DataFolder(new FileStream(Path.Combine(path, "lock"), options));
        }
        catch (IOException fault) when (fault.HResult is WouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new StoreInUseException(path, fault);
        }
    }

    /// <summary>Makes a folder, if it is not there, and makes it survive a loss of power.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var full = Path.GetFullPath(path);
        var parent = Path.GetDirectoryName(full)!;
        Create(parent);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else
        {
            Directory.CreateDirectory(full, OwnerOnly | UnixFileMode.UserExecute);
        }

        Flush(parent);
    }

    /// <summary>A new file for its owner alone, opened for writing at any place.</summary>
    public static FileStream CreateFile(string path) => new(path, FileOptionsFor(FileMode.CreateNew, FileShare.Read | FileShare.Delete));

    /// <summary>Makes sure that a file exists and is for its owner alone.</summary>
    public static void EnsureFile(string path)
    {
        if (!File.Exists(path))
        {
            CreateFile(path).Dispose();
        }
    }

    /// <summary>Flushes a folder, so that the names in it survive a loss of power (a new file's own flush does not do that).</summary>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    public static void Flush(string path)
    {
        // Windows journals names with the file system's own log and cannot flush a folder.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, OpenReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            throw Fault(path);
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw Fault(path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public void Dispose() => lockFile.Dispose();

    private static int OpenReadOnlyCloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    private static IOException Fault(string path)
    {
        var number = Marshal.GetLastPInvokeError();
        return new IOException($"cannot flush the folder {path}: {Marshal.GetPInvokeErrorMessage(number)}", number);
    }

    private static FileStreamOptions FileOptionsFor(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
