using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Smtp;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Policy;

/// <summary>Who is logged in sends as an address of the account and as no other (RFC 6409 §6.1).</summary>
public static class SenderOwnership
{
    /// <summary>The refusal, or null where the sender may be used.</summary>
    /// <exception cref="IOException">The accounts cannot be read.</exception>
    public static async ValueTask<Reply?> Check(Settings settings, AccountDirectory accounts, SmtpSession session, ReversePath sender, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(accounts);
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(sender);

        if (session.User is not { } user || settings.AnyCredentialsLogIn)
        {
            return null; // the catcher has no accounts
        }

        // Asked for each message: an account that was removed or switched off meanwhile sends no more on an old login.
        if (await accounts.FindCalled(user, cancellation) is not { State: not AccountState.Disabled } account)
        {
            return Replies.AccountDisabled;
        }

        // The null sender belongs to nobody: clients send dispositions with it (RFC 8098 §3).
        return sender.Mailbox is not { } mailbox || MayUse(settings, account, mailbox) ? null : Replies.SenderNotYours;
    }

    private static bool MayUse(Settings settings, Account account, Mailbox mailbox) =>
        account.IsCalled(mailbox.ToString())
        // An account without addresses of its own has the mailbox of its name at the domains that are served here.
        || (account.Addresses.Count == 0
            && settings.Domains.ContainsKey(mailbox.Domain)
            && string.Equals(account.Name, mailbox.LocalPart, StringComparison.OrdinalIgnoreCase));
}
