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
        if ((question.Recipient.Path.Mailbox ?? Postmaster(settings)) is not { } mailbox)
        {
            return new PolicyVerdict(Replies.NoSuchMailbox, []);
        }

        if (!settings.Domains.ContainsKey(mailbox.Domain))
        {
            return null;
        }

        return RecipientDeliveries.Of(settings, mailbox, question.Recipient.Notify, question.Recipient.OriginalRecipient) is { } deliveries
            ? new PolicyVerdict(Replies.RecipientOk, deliveries)
            : new PolicyVerdict(Replies.NoSuchMailbox, []);
    }

    // RFC 5321 §4.5.1: <postmaster> alone is the postmaster of this host: of the domain that has its name or is nearest above
    // it, else of the first. A host without any domain keeps no mail, not even for him.
    internal static Mailbox? Postmaster(Settings settings)
    {
        var domain = settings.Domains.Keys
            .OrderByDescending(domain => Covers(domain.Ascii, settings.Hostname) ? domain.Ascii.Length : 0)
            .ThenBy(domain => domain.Ascii, StringComparer.Ordinal)
            .FirstOrDefault();
        return domain is null ? null : Mailbox.Parse("postmaster@" + domain.Text);
    }

    private static bool Covers(string domain, string host) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');
}
