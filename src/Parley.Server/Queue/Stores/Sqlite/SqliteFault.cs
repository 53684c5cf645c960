using SQLitePCL;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>SQLite could not do what it was asked.</summary>
public sealed class SqliteFault : IOException
{
    internal SqliteFault(int code, string message)
        : base($"SQLite: {message} (code {code})") => Code = code;

    /// <summary>The extended result code.</summary>
    public int Code { get; }

    /// <summary>Whether the disk is full.</summary>
    public bool IsFull => Primary == raw.SQLITE_FULL;

    /// <summary>The result code without what the extended one adds.</summary>
    internal int Primary => Code & 0xff;
}
