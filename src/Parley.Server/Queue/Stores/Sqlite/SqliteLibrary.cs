using System.Runtime.InteropServices;
using SQLitePCL;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// Which SQLite runs: the system's where it is newer than the one that comes with the package, as the system's is the
/// one that gets security fixes.
/// </summary>
public static unsafe class SqliteLibrary
{
    private const string BundledName = "e_sqlite3";

    // One library a process: two copies of SQLite on one file would drop each other's POSIX locks.
    private static readonly Lazy<Choice> Chosen = new(Choose);

    /// <summary>The version and where it comes from, such as <c>3.40.1 (system)</c>.</summary>
    public static string Description => Chosen.Value.Description;

    internal static delegate* unmanaged<nint, int, void*, ulong, nint, int> BindBlob =>
        (delegate* unmanaged<nint, int, void*, ulong, nint, int>)Chosen.Value.BindBlob;

    /// <summary>Makes the choice, if it is not made yet; before any use of SQLite in the process.</summary>
    public static void Use() => _ = Chosen.Value;

    private static Choice Choose()
    {
        var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        _ = NativeLibrary.TryLoad(BundledName, provider, null, out var bundled);
        var system = LoadSystem();
        var useSystem = Version(system) > Version(bundled);
        var library = useSystem ? system : bundled;
        if (library == 0)
        {
            throw new StoreUnusableException("no SQLite library is here; install the system's libsqlite3");
        }

        // Whoever else in the process asks for the bundled name gets the chosen one.
        NativeLibrary.SetDllImportResolver(provider, (name, _, _) => string.Equals(name, BundledName, StringComparison.Ordinal) ? library : 0);
        Batteries_V2.Init();
        if (raw.sqlite3_threadsafe() == 0)
        {
            throw new StoreUnusableException("the SQLite library is built without threads; install another libsqlite3");
        }

        var origin = useSystem ? "system" : "bundled";
        return new Choice($"{raw.sqlite3_libversion().utf8_to_string()} ({origin})", NativeLibrary.GetExport(library, "sqlite3_bind_blob64"));
    }

    private static nint LoadSystem()
    {
        string[] names = OperatingSystem.IsWindows() ? [] : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }

    private static int Version(nint library) =>
        library != 0 && NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var function)
            ? ((delegate* unmanaged<int>)function)()
            : 0;

    private sealed record Choice(string Description, nint BindBlob);
}
