using System.Security.Cryptography;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>Gives an account a password: fresh salts, keys for both hashes, and the secret itself only where it is wanted.</summary>
public static class NewPassword
{
    /// <summary>
    /// Sets the password, or keys in their text form; a demand to change it is thereby met. Takes a few milliseconds.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="password">The password in UTF-8, or <c>{SCRAM-SHA-256}…</c>.</param>
    /// <param name="keepReadable">Whether the secret is kept, for CRAM-MD5.</param>
    /// <param name="why">What is wrong with it, and how to mend it; null when nothing is.</param>
    /// <returns>The account with it, or null when it cannot be used.</returns>
    public static Account? TrySet(Account account, ReadOnlySpan<byte> password, bool keepReadable, out string? why)
    {
        var state = account.State == AccountState.MustChangePassword ? AccountState.Active : account.State;
        account = account with { State = state, Sha1 = null, Sha256 = null, ReadableSecret = null };
        why = null;
        if (password.StartsWith("{SCRAM-"u8))
        {
            return FromKeys(account, Encoding.UTF8.GetString(password), keepReadable, out why);
        }

        var sha256 = ScramKeys.TryDerive(ScramHash.Sha256, password, RandomNumberGenerator.GetBytes(ScramKeys.SaltLength));
        if (sha256 is null)
        {
            why = password.IsEmpty
                ? "the password is empty; give one"
                : "the password holds a control character, mixes writing directions or is longer than 1024 octets; take another";
            return null;
        }

        return account with
        {
            Sha256 = sha256,
            Sha1 = ScramKeys.TryDerive(ScramHash.Sha1, password, RandomNumberGenerator.GetBytes(ScramKeys.SaltLength)),
            ReadableSecret = keepReadable ? Secret.Copy(password) : null,
        };
    }

    private static Account? FromKeys(Account account, string line, bool keepReadable, out string? why)
    {
        var keys = ScramKeys.TryParse(line);
        why = keys is null
            ? "the SCRAM keys cannot be read; write {SCRAM-SHA-256}iterations$salt:stored:server, iterations from 4096, the others in base64"
            : keepReadable ? "CRAM-MD5 needs the password itself, not its keys; give the password" : null;
        if (keys is null || keepReadable)
        {
            return null;
        }

        return keys.Hash == ScramHash.Sha256 ? account with { Sha256 = keys } : account with { Sha1 = keys };
    }
}
