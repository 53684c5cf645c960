using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>One reading connection to the accounts, with its statements.</summary>
internal sealed class AccountReader : IDisposable
{
    private const string Columns = "a.key, a.name, a.sha256, a.sha1, a.secret, a.state, a.scram_only";
    private readonly Database database;
    private readonly Statement find;
    private readonly Statement findByAddress;
    private readonly Statement list;
    private readonly Statement addresses;

    public AccountReader(Database database)
    {
        this.database = database;
        find = database.Prepare($"SELECT {Columns} FROM account a WHERE a.key=?");
        findByAddress = database.Prepare(
            $"SELECT DISTINCT {Columns} FROM account_address d JOIN account a ON a.key=d.account WHERE d.key=? ORDER BY a.key");
        list = database.Prepare($"SELECT {Columns} FROM account a ORDER BY a.key");
        addresses = database.Prepare("SELECT address FROM account_address WHERE account=? ORDER BY number");
    }

    public Account? Find(string key) => Read(find.Start().Bind(key)).FirstOrDefault();

    public IReadOnlyList<Account> FindByAddress(string key) => Read(findByAddress.Start().Bind(key));

    public IReadOnlyList<Account> List() => Read(list.Start());

    public bool HasReadableSecrets() => database.Number("SELECT EXISTS(SELECT 1 FROM account WHERE secret IS NOT NULL)") == 1;

    public byte[] ServerSecret() => Convert.FromHexString(database.Text("SELECT value FROM server_secret"));

    public void Dispose()
    {
        Statement[] all = [find, findByAddress, list, addresses];
        Array.ForEach(all, statement => statement.Dispose());
        database.Dispose();
    }

    private List<Account> Read(Statement rows)
    {
        var accounts = new List<Account>();
        while (rows.Step())
        {
            accounts.Add(new Account
            {
                Name = rows.Text(1),
                Addresses = Addresses(rows.Text(0)),
                Sha256 = ScramKeys.TryParse(rows.Text(2)),
                Sha1 = ScramKeys.TryParse(rows.Text(3)),
                ReadableSecret = rows.IsNull(4) ? null : Secret.Copy(Convert.FromBase64String(rows.Text(4))),
                State = (AccountState)rows.Int32(5),
                ScramOnly = rows.Int32(6) != 0,
            });
        }

        return accounts;
    }

    private List<Mailbox> Addresses(string account)
    {
        var own = new List<Mailbox>();
        addresses.Start().Bind(account);
        while (addresses.Step())
        {
            if (Mailbox.Parse(addresses.Text(0)) is { } address)
            {
                own.Add(address);
            }
        }

        return own;
    }
}
