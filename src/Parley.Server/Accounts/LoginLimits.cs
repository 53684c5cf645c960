using System.Net;
using System.Net.Sockets;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>How many wrong logins are borne. A failure is forgiven after <see cref="Leak"/>.</summary>
public sealed record LoginLimitSettings
{
    /// <summary>Failures of an address or account without delay.</summary>
    public int Free { get; init; } = 5;

    /// <summary>
    /// Failures of one address (IPv6: one /64), and logins refused for <see cref="PerAccount"/>, after which it is refused
    /// with 421 4.7.0.
    /// </summary>
    public int PerAddress { get; init; } = 50;

    /// <summary>Failures of one account, from wherever, after which strangers are refused with 454 4.7.0.</summary>
    public int PerAccount { get; init; } = 30;

    /// <summary>Time after which one failure is forgiven.</summary>
    public TimeSpan Leak { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>The delay of the first failure beyond <see cref="Free"/>; each further one doubles it.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Addresses, accounts and known pairs that are remembered, each.</summary>
    public int Remembered { get; init; } = 20_000;
}

/// <summary>
/// Slows down and then refuses who guesses passwords: by address, and by account for guesses from many addresses. A name
/// without an account counts like any other. An address from which the account has logged in is not shut out by the
/// failures of strangers, else anybody could lock anybody out.
/// </summary>
public sealed class LoginLimits
{
    private readonly LoginLimitSettings settings;
    private readonly FailureCounter addresses;
    private readonly FailureCounter accounts;
    private readonly FailureCounter friends;

    /// <summary>Limits without any failure so far.</summary>
    public LoginLimits(LoginLimitSettings settings, TimeProvider time)
    {
        this.settings = settings;
        addresses = new FailureCounter(time, settings.Leak, settings.Remembered);
        accounts = new FailureCounter(time, settings.Leak, settings.Remembered);

        // Not failures but logins; the same bounded memory serves, and forgets a pair after thirty days.
        friends = new FailureCounter(time, TimeSpan.FromDays(30), settings.Remembered);
    }

    /// <summary>Whether every login from an address is refused now, whatever the name.</summary>
    public bool IsShutOut(IPAddress client) => addresses.Level(AddressKey(client)) > settings.PerAddress - 1;

    /// <summary>Whether a login is refused before the credential is looked at; null when it is not.</summary>
    public SaslFailureReason? Refusal(IPAddress client, string user)
    {
        if (IsShutOut(client))
        {
            return SaslFailureReason.TooManyAddressFailures;
        }

        var isStranger = friends.Level(PairKey(client, user)) <= 0;
        return isStranger && accounts.Level(Account.Key(user)) > settings.PerAccount - 1
            ? SaslFailureReason.TooManyAccountFailures
            : null;
    }

    /// <summary>Counts a wrong login; answers how long its reply is to be held back.</summary>
    public TimeSpan Failed(IPAddress client, string user)
    {
        var level = Math.Max(
            addresses.Add(AddressKey(client), settings.PerAddress),
            user.Length == 0 ? 0 : accounts.Add(Account.Key(user), settings.PerAccount));
        if (level <= settings.Free)
        {
            return TimeSpan.Zero;
        }

        // Level 30 would overflow nothing, but the exponent is bounded all the same.
        var factor = Math.Pow(2, Math.Min(level - settings.Free, 16) - 1);
        return TimeSpan.FromTicks(Math.Min((long)(settings.FirstDelay.Ticks * factor), settings.LongestDelay.Ticks));
    }

    /// <summary>
    /// Counts a login that was refused because its account has too many failures: for the address it is one more guess,
    /// else who tries one account from few addresses would never come to the limit of these.
    /// </summary>
    public void RefusedForAccount(IPAddress client) => addresses.Add(AddressKey(client), settings.PerAddress);

    /// <summary>Remembers that an account logs in from here.</summary>
    public void Succeeded(IPAddress client, string user) => friends.Add(PairKey(client, user), 1);

    private static string PairKey(IPAddress client, string user) => AddressKey(client) + " " + Account.Key(user);

    // A /64 is one site (RFC 6177 §2 gives no less), and cheap to walk through.
    private static string AddressKey(IPAddress client)
    {
        if (client.IsIPv4MappedToIPv6)
        {
            client = client.MapToIPv4();
        }

        return client.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(client.GetAddressBytes().AsSpan(0, 8))
            : client.ToString();
    }
}
