using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// A prepared statement, used again and again. Parameters and columns count from 0. Values are bound in order by the
/// <c>Bind</c> calls after a <see cref="Start"/>.
/// </summary>
internal sealed unsafe class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    private int next = 1;

    /// <summary>Makes the statement ready to be bound and run again.</summary>
    public Statement Start()
    {
        _ = raw.sqlite3_reset(handle);
        next = 1;
        return this;
    }

    public Statement Bind(long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, next++, value));
        return this;
    }

    public Statement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public Statement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        // An empty span has no address, and SQLite takes that for NULL.
        if (value.Length == 0)
        {
            database.Check(raw.sqlite3_bind_text(handle, next++, string.Empty));
            return this;
        }

        const int OnStack = 512;
        byte[]? rented = null;
        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        var octets = longest <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(longest);
        var length = Encoding.UTF8.GetBytes(value, octets);
        database.Check(raw.sqlite3_bind_text(handle, next++, octets[..length]));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    /// <summary>Binds octets without a copy; they must stay where they are until the statement has run.</summary>
    public Statement Bind(byte* octets, int length)
    {
        if (length == 0)
        {
            database.Check(raw.sqlite3_bind_zeroblob(handle, next++, 0));
            return this;
        }

        database.Check(SqliteLibrary.BindBlob(handle.DangerousGetHandle(), next++, octets, (ulong)length, 0));
        return this;
    }

    public Statement BindNull()
    {
        database.Check(raw.sqlite3_bind_null(handle, next++));
        return this;
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        // Reset at once, so that no statement keeps a snapshot or a lock open.
        var fault = code == raw.SQLITE_DONE ? null : database.Fault(code);
        _ = raw.sqlite3_reset(handle);
        return fault is null ? false : throw fault;
    }

    /// <summary>Runs a statement that answers no rows, and tells how many rows it changed.</summary>
    public int Run()
    {
        _ = Step();
        return database.Changes;
    }

    /// <summary>Ends a statement of which not all rows were read.</summary>
    public void Stop() => _ = raw.sqlite3_reset(handle);

    /// <summary>Lets go of the values; needed after octets were bound without a copy.</summary>
    public void Forget() => _ = raw.sqlite3_clear_bindings(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int32(int column) => raw.sqlite3_column_int(handle, column);

    /// <summary>The text of a column; empty for NULL.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The octets of a column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Octets(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}
