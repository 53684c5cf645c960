using SQLitePCL;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>One connection to the database file, used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 handle;

    private Database(sqlite3 handle) => this.handle = handle;

    /// <summary>Opens an existing file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="writes">Whether it is opened for writing.</param>
    /// <param name="patience">How long to wait for a lock of another process.</param>
    public static Database Open(string path, bool writes, TimeSpan patience)
    {
        SqliteLibrary.Use();
        var flags = (writes ? raw.SQLITE_OPEN_READWRITE : raw.SQLITE_OPEN_READONLY) | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw new SqliteFault(code, $"cannot open {path}");
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, (int)patience.TotalMilliseconds);
        _ = raw.sqlite3_wal_autocheckpoint(handle, 0);
        return new Database(handle);
    }

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>Pages written to the log through this connection since the last call.</summary>
    public long TakePagesWritten()
    {
        const int CacheWrite = 9; // SQLITE_DBSTATUS_CACHE_WRITE, a 32-bit count that must be reset before it overflows
        Check(raw.sqlite3_db_status(handle, CacheWrite, out var pages, out _, 1));
        return pages;
    }

    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new Statement(this, statement);
    }

    /// <summary>Runs statements that answer nothing.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>Runs a statement that answers one number.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Runs a statement that answers one text.</summary>
    public string Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : string.Empty;
    }

    /// <summary>Moves what it can of the log into the database file, without waiting for anybody.</summary>
    /// <returns>The pages in the log and how many of them need not be moved any more; null when somebody else does it.</returns>
    public (int Pages, int Moved)? Checkpoint(bool truncate = false)
    {
        var mode = truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE;
        var code = raw.sqlite3_wal_checkpoint_v2(handle, null, mode, out var pages, out var moved);
        if ((code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return null;
        }

        Check(code);
        return (pages, moved);
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Fault(code);
        }
    }

    public SqliteFault Fault(int code) => new(code, raw.sqlite3_errmsg(handle).utf8_to_string());

    public void Dispose() => handle.Dispose();
}
