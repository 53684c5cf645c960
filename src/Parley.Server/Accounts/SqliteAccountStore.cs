using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.Server.Accounts;

/// <summary>
/// The accounts in the database of the data folder, beside the queue. It may be opened while a server runs: SQLite keeps
/// the two apart, and the server sees a change with the next login.
/// </summary>
public sealed class SqliteAccountStore : IAccountStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string path;
    private readonly Readers<AccountReader> readers;

    private SqliteAccountStore(string path, StoreHealth health)
    {
        this.path = path;
        readers = new Readers<AccountReader>(() => new AccountReader(Database.Open(path, writes: false, Patience)), health);
    }

    /// <summary>Opens the accounts of a data folder; folder and database are made when they are not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="health">Told of what cannot be read; that of the queue in the same folder.</param>
    /// <exception cref="StoreUnusableException">It cannot be used, and why.</exception>
    /// <exception cref="IOException">A fault of the disk or of the store.</exception>
    public static Task<SqliteAccountStore> Open(string folder, StoreHealth? health = null) => Task.Run(() =>
    {
        DataFolder.Create(folder);
        var file = Path.Combine(folder, SqliteQueueStore.FileName);
        var mayBeNew = Schema.MayBeNew(file);
        DataFolder.EnsureFile(file);
        using var database = Database.Open(file, writes: true, Patience);
        Schema.Prepare(database, file, mayBeNew);
        DataFolder.Flush(folder);
        return new SqliteAccountStore(file, health ?? new StoreHealth());
    });

    /// <inheritdoc/>
    public ValueTask<Account?> Find(string name, CancellationToken cancellation) =>
        readers.Ask(reader => reader.Find(Account.Key(name)), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Account>> FindByAddress(Mailbox address, CancellationToken cancellation) =>
        readers.Ask(reader => reader.FindByAddress(AddressKey(address)), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Account>> List(CancellationToken cancellation) =>
        readers.Ask(static reader => reader.List(), cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> Add(Account account, CancellationToken cancellation) =>
        Write(
            database =>
            {
                if (Exists(database, Account.Key(account.Name)))
                {
                    return false;
                }

                Insert(database, account);
                return true;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> Replace(Account account, CancellationToken cancellation) =>
        Write(
            database =>
            {
                if (!Delete(database, Account.Key(account.Name)))
                {
                    return false;
                }

                Insert(database, account);
                return true;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> Remove(string name, CancellationToken cancellation) =>
        Write(database => Delete(database, Account.Key(name)), cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> HasReadableSecrets(CancellationToken cancellation) =>
        readers.Ask(static reader => reader.HasReadableSecrets(), cancellation);

    /// <inheritdoc/>
    public ValueTask<byte[]> ServerSecret(CancellationToken cancellation) =>
        readers.Ask(static reader => reader.ServerSecret(), cancellation);

    /// <inheritdoc/>
    public void Dispose() => readers.Dispose();

    // Changes are few, so each has a connection of its own.
    private async ValueTask<bool> Write(Func<Database, bool> change, CancellationToken cancellation) => await Task.Run(
        () =>
        {
            using var database = Database.Open(path, writes: true, Patience);
            database.Execute("PRAGMA synchronous=FULL");
            database.Execute("PRAGMA secure_delete=ON");
            database.Execute("BEGIN IMMEDIATE");
            var done = change(database);
            database.Execute("COMMIT");
            return done;
        },
        cancellation);

    private static bool Exists(Database database, string key)
    {
        using var statement = database.Prepare("SELECT 1 FROM account WHERE key=?");
        return statement.Start().Bind(key).Step();
    }

    private static bool Delete(Database database, string key)
    {
        using var addresses = database.Prepare("DELETE FROM account_address WHERE account=?");
        _ = addresses.Start().Bind(key).Run();
        using var account = database.Prepare("DELETE FROM account WHERE key=?");
        return account.Start().Bind(key).Run() > 0;
    }

    private static void Insert(Database database, Account account)
    {
        var key = Account.Key(account.Name);
        using var insert = database.Prepare("INSERT INTO account VALUES(?,?,?,?,?,?,?)");
        _ = insert.Start().Bind(key).Bind(account.Name)
            .Bind(account.Sha256?.Format()).Bind(account.Sha1?.Format())
            .Bind(account.ReadableSecret is { } secret ? Convert.ToBase64String(secret.Octets) : null)
            .Bind((long)account.State).Bind(account.ScramOnly ? 1 : 0).Run();
        using var address = database.Prepare("INSERT INTO account_address VALUES(?,?,?,?)");
        for (var i = 0; i < account.Addresses.Count; i++)
        {
            _ = address.Start().Bind(key).Bind(i)
                .Bind(AddressKey(account.Addresses[i])).Bind(account.Addresses[i].ToString()).Run();
        }
    }

    private static string AddressKey(Mailbox address) =>
        $"{address.LocalPart.ToLowerInvariant()}@{address.Domain.Ascii.ToLowerInvariant()}";
}
