using System.Text;
using Parley.Server.Accounts;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

/// <summary>Accounts that the tests share. Their password is <see cref="Password"/>.</summary>
internal static class People
{
    public const string Password = "open-sesame";

    private static readonly byte[] Salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    public static Account Alice { get; } = Make("alice", "alice@example.org", "info@example.org");

    public static Account Bob { get; } = Make("bob", "bob@example.org", "info@example.org");

    public static Account Make(string name, params string[] addresses) => new()
    {
        Name = name,
        Addresses = [.. addresses.Select(address => Mailbox.Parse(address)!)],
        Sha256 = Keys(ScramHash.Sha256),
        Sha1 = Keys(ScramHash.Sha1),
    };

    private static ScramKeys Keys(ScramHash hash) => ScramKeys.TryDerive(hash, Encoding.UTF8.GetBytes(Password), Salt)!;
}

/// <summary>Accounts in memory, which can be out of reach.</summary>
internal sealed class AccountTable : IAccountStore
{
    private readonly Dictionary<string, Account> accounts = new(StringComparer.Ordinal);

    public AccountTable(params Account[] accounts)
    {
        foreach (var account in accounts)
        {
            this.accounts[Account.Key(account.Name)] = account;
        }
    }

    public bool IsDown { get; set; }

    /// <summary>Whether a question meets a fault that nobody foresaw.</summary>
    public bool IsBroken { get; set; }

    public ValueTask<Account?> Find(string name, CancellationToken cancellation) =>
        new(Reach().GetValueOrDefault(Account.Key(name)));

    public ValueTask<IReadOnlyList<Account>> FindByAddress(Mailbox address, CancellationToken cancellation) =>
        new([.. Reach().Values.Where(account => account.Owns(address))]);

    public ValueTask<IReadOnlyList<Account>> List(CancellationToken cancellation) => new([.. Reach().Values]);

    public ValueTask<bool> Add(Account account, CancellationToken cancellation) =>
        new(Reach().TryAdd(Account.Key(account.Name), account));

    public ValueTask<bool> Replace(Account account, CancellationToken cancellation)
    {
        var known = Reach().ContainsKey(Account.Key(account.Name));
        accounts[Account.Key(account.Name)] = account;
        return new(known);
    }

    public ValueTask<bool> Remove(string name, CancellationToken cancellation) => new(Reach().Remove(Account.Key(name)));

    public ValueTask<bool> HasReadableSecrets(CancellationToken cancellation) =>
        new(Reach().Values.Any(account => account.ReadableSecret is not null));

    public ValueTask<byte[]> ServerSecret(CancellationToken cancellation) => new(new byte[32]);

    public void Dispose()
    {
    }

    private Dictionary<string, Account> Reach() =>
        IsBroken ? throw new InvalidOperationException("the table is broken")
        : IsDown ? throw new IOException("the table is out of reach")
        : accounts;
}

/// <summary>A clock that stands until it is moved; what waits for it goes on at once, and how long it meant to wait is noted.</summary>
internal sealed class HastyClock : TimeProvider
{
    private long now = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;

    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);

    public override long GetTimestamp() => now;

    public void Advance(TimeSpan step) => now += step.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
