using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Parley.Server.Configuration;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>All accounts: those of the configuration, then those of the store. A reload makes a new one.</summary>
public sealed class AccountDirectory
{
    private readonly FrozenDictionary<string, Account> configured;
    private readonly IAccountStore store;
    private readonly byte[] serverSecret;

    /// <summary>Takes over the accounts of a configuration; clear passwords become keys here, a millisecond or two each.</summary>
    /// <param name="users">The accounts of the configuration.</param>
    /// <param name="store">The other accounts.</param>
    /// <param name="serverSecret">The store's <see cref="IAccountStore.ServerSecret"/>.</param>
    public AccountDirectory(IEnumerable<UserSettings> users, IAccountStore store, byte[] serverSecret)
    {
        this.store = store;
        this.serverSecret = serverSecret;
        configured = users.Select(user => FromSettings(user, serverSecret))
            .DistinctBy(account => Account.Key(account.Name))
            .ToFrozenDictionary(account => Account.Key(account.Name), StringComparer.Ordinal);
    }

    /// <summary>The account of a name; or null.</summary>
    /// <exception cref="IOException">A fault of the store.</exception>
    public ValueTask<Account?> Find(string name, CancellationToken cancellation) =>
        configured.TryGetValue(Account.Key(name), out var account) ? new(account) : store.Find(name, cancellation);

    /// <summary>The account that a text names, by its name or as the only owner of an address; or null.</summary>
    /// <exception cref="IOException">A fault of the store.</exception>
    public async ValueTask<Account?> FindCalled(string text, CancellationToken cancellation)
    {
        if (await Find(text, cancellation) is { } named)
        {
            return named;
        }

        if (Mailbox.Parse(text) is not { } address)
        {
            return null;
        }

        var stored = await store.FindByAddress(address, cancellation);
        var owners = configured.Values.Where(account => account.Owns(address))
            .Concat(stored.Where(account => !configured.ContainsKey(Account.Key(account.Name))))
            .Take(2)
            .ToList();
        return owners.Count == 1 ? owners[0] : null;
    }

    /// <summary>Whether any account keeps a readable secret.</summary>
    /// <exception cref="IOException">A fault of the store.</exception>
    public ValueTask<bool> HasReadableSecrets(CancellationToken cancellation) => store.HasReadableSecrets(cancellation);

    /// <summary>Keys that nobody has the password for; the same each time for a name.</summary>
    public ScramKeys Decoy(string name, ScramHash hash) => ScramKeys.Decoy(hash, serverSecret, Account.Key(name));

    /// <summary>A secret that nobody knows.</summary>
    public Secret DecoySecret(string name) =>
        Secret.Copy(HMACSHA256.HashData(serverSecret, Encoding.UTF8.GetBytes("CRAM-MD5\0" + Account.Key(name))));

    private static Account FromSettings(UserSettings user, byte[] secret)
    {
        var account = new Account { Name = Prepare(user.Name), Addresses = user.Addresses };
        var password = user.Password.Octets;
        if (password.StartsWith("{SCRAM-"u8))
        {
            var keys = ScramKeys.TryParse(Encoding.UTF8.GetString(password));
            return keys?.Hash == ScramHash.Sha1 ? account with { Sha1 = keys } : account with { Sha256 = keys };
        }

        // The salt is bound to name and store, so that a client which remembers it finds the same after a restart.
        var salt = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("salt\0" + user.Name))[..ScramKeys.SaltLength];
        return account with
        {
            Sha256 = ScramKeys.TryDerive(ScramHash.Sha256, password, salt),
            Sha1 = ScramKeys.TryDerive(ScramHash.Sha1, password, salt),
        };
    }

    private static string Prepare(string name) =>
        SaslPrep.TryPrepare(Encoding.UTF8.GetBytes(name), out var prepared) ? Encoding.UTF8.GetString(prepared) : name;
}
