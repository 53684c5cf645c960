using System.Globalization;

namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>The tables, and what version of them a file holds.</summary>
internal static class Schema
{
    /// <summary>The version that this program writes; raised with every change, together with a step in <see cref="Prepare"/>.</summary>
    public const int Version = 1;

    /// <summary>"Prly": tells our files from others.</summary>
    public const int ApplicationId = 0x50726c79;

    /// <summary>
    /// <c>message</c> is what lists read, so content is kept apart from it. A recipient has a row of its own only while
    /// its message is queued; <c>next_at</c> is when it may be claimed, and for an active one that is the end of its
    /// lease: a lease that runs out needs nobody to notice. The two indexes are partial, so that mail that rests in
    /// mailboxes costs nothing there.
    /// </summary>
    public const string Tables = """
        CREATE TABLE message(
          id INTEGER PRIMARY KEY,
          received_at INTEGER NOT NULL,
          size INTEGER NOT NULL,
          pending INTEGER NOT NULL,
          flags INTEGER NOT NULL,
          sender TEXT NOT NULL,
          recipients TEXT NOT NULL,
          rests TEXT,
          subject TEXT NOT NULL,
          session TEXT,
          envelope_id TEXT,
          user TEXT,
          file TEXT);
        CREATE INDEX message_file ON message(file) WHERE file IS NOT NULL;
        CREATE TABLE content(
          id INTEGER PRIMARY KEY,
          trace BLOB NOT NULL,
          body BLOB);
        CREATE TABLE recipient(
          message INTEGER NOT NULL,
          number INTEGER NOT NULL,
          state INTEGER NOT NULL,
          next_at INTEGER NOT NULL,
          attempts INTEGER NOT NULL,
          lease INTEGER,
          flags INTEGER NOT NULL,
          destination TEXT NOT NULL,
          address TEXT NOT NULL,
          given TEXT,
          original TEXT,
          reply_code INTEGER,
          reply_enhanced TEXT,
          reply_text TEXT,
          reply_peer TEXT,
          PRIMARY KEY(message, number)) WITHOUT ROWID;
        CREATE INDEX recipient_due ON recipient(destination, next_at) WHERE state < 3;
        CREATE INDEX recipient_lease ON recipient(lease) WHERE lease IS NOT NULL;
        CREATE TABLE totals(
          messages INTEGER NOT NULL,
          octets INTEGER NOT NULL,
          queued INTEGER NOT NULL,
          waiting INTEGER NOT NULL,
          active INTEGER NOT NULL,
          deferred INTEGER NOT NULL,
          held INTEGER NOT NULL);
        INSERT INTO totals VALUES(0, 0, 0, 0, 0, 0, 0);
        """;

    /// <summary>
    /// The accounts of <c>parley user</c>. <c>key</c> is the name, and of an address the whole, in small letters; keys of
    /// SCRAM are in their text form. <c>server_secret</c> has one row.
    /// </summary>
    public const string AccountTables = """
        CREATE TABLE account(
          key TEXT PRIMARY KEY,
          name TEXT NOT NULL,
          sha256 TEXT,
          sha1 TEXT,
          secret TEXT,
          state INTEGER NOT NULL,
          scram_only INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX account_secret ON account(key) WHERE secret IS NOT NULL;
        CREATE TABLE account_address(
          account TEXT NOT NULL,
          number INTEGER NOT NULL,
          key TEXT NOT NULL,
          address TEXT NOT NULL,
          PRIMARY KEY(account, number)) WITHOUT ROWID;
        CREATE INDEX account_address_key ON account_address(key);
        CREATE TABLE server_secret(value TEXT NOT NULL);
        INSERT INTO server_secret VALUES(hex(randomblob(32)));
        """;

    /// <summary>
    /// Whether a database that turns out to be empty was never there. Else it has lost its mail: made anew, it would call
    /// the files of that mail orphans. To be asked before it is opened, as SQLite removes the log beside an empty file.
    /// </summary>
    /// <exception cref="StoreUnusableException">The file is missing or empty, and mail of it lies beside it.</exception>
    public static bool MayBeNew(string path)
    {
        var spool = Path.Combine(Path.GetDirectoryName(path)!, SqliteQueueStore.SpoolName);
        // The database is looked at last: who makes it at this moment makes it before its log and its files.
        var hasFiles = Directory.Exists(spool) && Directory.EnumerateFiles(spool).Any();
        var hasLog = Length(path + "-wal") > 0;
        if ((hasFiles || hasLog) && Length(path) == 0)
        {
            throw Lost(path);
        }

        return !hasFiles;

        static long Length(string file) => new FileInfo(file) is { Exists: true, Length: var length } ? length : 0;
    }

    /// <summary>Brings an open file to the version of this program.</summary>
    /// <param name="database">The open file.</param>
    /// <param name="path">Its name, for what is said.</param>
    /// <param name="mayBeNew">What <see cref="MayBeNew"/> said before it was opened.</param>
    /// <exception cref="StoreUnusableException">The file is newer than this program, or not ours, or has lost what it held.</exception>
    public static void Prepare(Database database, string path, bool mayBeNew)
    {
        // In this order: who makes the tables at this moment makes the numbers with them.
        var tables = database.Number("SELECT count(*) FROM sqlite_master");
        var version = database.Number("PRAGMA user_version");
        var application = database.Number("PRAGMA application_id");
        if (version == 0 && application == 0 && tables == 0)
        {
            if (!mayBeNew)
            {
                throw Lost(path);
            }

            Create(database);
            return;
        }

        if (application != ApplicationId)
        {
            throw new StoreUnusableException($"{path} is no store of Parley; choose another folder with --data");
        }

        if (version > Version)
        {
            throw new StoreUnusableException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} was written by a newer Parley (format {version}, this program knows {Version}); run that one, or restore a copy from before the upgrade"));
        }

        database.Execute("PRAGMA journal_mode=WAL");
    }

    private static StoreUnusableException Lost(string path) => new(
        $"{path} is missing or empty, but mail of it lies beside it: the database is lost; restore the folder from a copy, or move what is left to a safe place and begin anew");

    private static void Create(Database database)
    {
        // In this order: neither can be changed once there is a table.
        database.Execute("PRAGMA page_size=8192");
        database.Execute("PRAGMA auto_vacuum=INCREMENTAL");
        database.Execute("PRAGMA journal_mode=WAL");
        database.Execute("BEGIN IMMEDIATE");

        // Another process, such as `parley user add`, may have been faster.
        if (database.Number("SELECT count(*) FROM sqlite_master") > 0)
        {
            database.Execute("ROLLBACK");
            return;
        }

        database.Execute(Tables);
        database.Execute(AccountTables);
        database.Execute($"PRAGMA application_id={ApplicationId.ToString(CultureInfo.InvariantCulture)}");
        database.Execute($"PRAGMA user_version={Version.ToString(CultureInfo.InvariantCulture)}");
        database.Execute("COMMIT");
    }
}
