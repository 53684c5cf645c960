using Parley.Server.Configuration;
using Parley.Smtp;
using Parley.Smtp.Addresses;

namespace Parley.Server.Policy;

/// <summary>Mail for a domain of ours is taken for mailboxes that exist (RFC 5321 §3.3).</summary>
public static class RecipientExists
{
    /// <summary>Decides for every recipient at a local domain, and for the bare postmaster.</summary>
    public static PolicyVerdict? Check(RecipientQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var settings = question.Settings;
        var mailbox = question.Recipient.Path.Mailbox ?? Postmaster(settings);
        if (!settings.Domains.ContainsKey(mailbox.Domain))
        {
            return null;
        }

        return RecipientDeliveries.Of(settings, mailbox, question.Recipient.Notify, question.Recipient.OriginalRecipient) is { } deliveries
            ? new PolicyVerdict(nameof(RecipientExists), Replies.RecipientOk, deliveries)
            : new PolicyVerdict(nameof(RecipientExists), Replies.NoSuchMailbox, []);
    }

    // RFC 5321 §4.5.1: <postmaster> alone is the postmaster of this host.
    private static Mailbox Postmaster(Settings settings)
    {
        var domain = settings.Domains.Keys.FirstOrDefault(d => string.Equals(d.Ascii, settings.Hostname, StringComparison.OrdinalIgnoreCase))
            ?? settings.Domains.Keys.OrderBy(d => d.Ascii, StringComparer.Ordinal).First();
        return Mailbox.Parse("postmaster@" + domain.Text)!;
    }
}
