using Parley.Server.Configuration;
using Parley.Smtp;

namespace Parley.Server.Policy;

/// <summary>Mail for others is taken from those who logged in and from trusted networks, and from nobody else (RFC 5321 §3.6.2).</summary>
public static class Relaying
{
    /// <summary>Decides every question that comes so far.</summary>
    public static PolicyVerdict Check(RecipientQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (question.Recipient.Path.Mailbox is not { } mailbox || !MayRelay(question))
        {
            return new PolicyVerdict(Replies.RelayDenied, []);
        }

        // The domain is foreign, so that there always is a way.
        var deliveries = RecipientDeliveries.Of(question.Settings, mailbox, question.Recipient.Notify, question.Recipient.OriginalRecipient)!;
        return new PolicyVerdict(Replies.RecipientOk, deliveries);
    }

    /// <summary>Whether this client's mail may go to others.</summary>
    internal static bool MayRelay(RecipientQuestion question)
    {
        if (question.Session.User is not null)
        {
            return true;
        }

        if (question.Session.Client is not { } client)
        {
            return false;
        }

        foreach (var network in question.Settings.TrustedNetworks)
        {
            if (network.Contains(client))
            {
                return true;
            }
        }

        return false;
    }
}
