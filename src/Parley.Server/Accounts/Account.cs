using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>Someone who may log in. It holds keys, not the password; only an account for CRAM-MD5 keeps a secret readable.</summary>
public sealed record Account
{
    /// <summary>The longest name, in octets of UTF-8 (RFC 4616 §2).</summary>
    public const int MaximumNameLength = 255;

    /// <summary>The name to log in with, prepared by SASLprep; names that differ only in case are one.</summary>
    public required string Name { get; init; }

    /// <summary>The addresses that it may send from.</summary>
    public IReadOnlyList<Mailbox> Addresses { get; init; } = [];

    /// <summary>Keys for SCRAM-SHA-256; PLAIN and LOGIN are checked against them too.</summary>
    public ScramKeys? Sha256 { get; init; }

    /// <summary>Keys for SCRAM-SHA-1, for old clients.</summary>
    public ScramKeys? Sha1 { get; init; }

    /// <summary>The secret itself, for CRAM-MD5; null for accounts that have not opted in.</summary>
    public Secret? ReadableSecret { get; init; }

    /// <summary>Whether it may log in now.</summary>
    public AccountState State { get; init; }

    /// <summary>Whether mechanisms that are weaker than SCRAM (PLAIN, LOGIN, CRAM-MD5) are refused with 534 5.7.9.</summary>
    public bool ScramOnly { get; init; }

    /// <summary>The form of a name under which it is looked up.</summary>
    public static string Key(string name) => name.ToLowerInvariant();

    /// <summary>The keys for a hash, or null.</summary>
    public ScramKeys? Keys(ScramHash hash) => hash == ScramHash.Sha256 ? Sha256 : Sha1;

    /// <summary>
    /// Whether an address is one of the account's own. Local parts are compared without regard to case, as those of our
    /// mailboxes are.
    /// </summary>
    public bool Owns(Mailbox address) => Addresses.Any(own => AreSame(own, address));

    /// <summary>Whether a text is the account's name or one of its addresses.</summary>
    public bool IsCalled(string text) =>
        string.Equals(Key(text), Key(Name), StringComparison.Ordinal)
        || (Mailbox.Parse(text) is { } address && Owns(address));

    internal static bool AreSame(Mailbox one, Mailbox other) =>
        one.Domain.Equals(other.Domain)
        && string.Equals(one.LocalPart, other.LocalPart, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Whether an account may log in; the difference is told only to who has the right credential.</summary>
public enum AccountState
{
    /// <summary>It may.</summary>
    Active = 0,

    /// <summary>It is switched off: 525 5.7.13.</summary>
    Disabled = 1,

    /// <summary>Its password has to be changed first: 432 4.7.12.</summary>
    MustChangePassword = 2,
}
