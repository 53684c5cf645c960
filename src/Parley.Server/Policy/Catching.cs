using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Smtp;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Policy;

/// <summary>The catcher takes mail for everybody and keeps it; nothing ever leaves.</summary>
public static class Catching
{
    /// <summary>Decides where nothing says where mail belongs.</summary>
    public static PolicyVerdict? Check(RecipientQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return question.Settings.IsCatcher
            ? new PolicyVerdict(Replies.RecipientOk, Keep(question.Settings, question.Recipient))
            : null;
    }

    private static IReadOnlyList<EnvelopeRecipient> Keep(Settings settings, Recipient recipient) => recipient.Path.Mailbox is { } mailbox
        ? RecipientDeliveries.Of(settings, mailbox, recipient.Notify, recipient.OriginalRecipient)!
        : [new EnvelopeRecipient(recipient.Path, Destination: null)];
}
