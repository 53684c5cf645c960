using Parley.Server.Queue;
using Parley.Smtp;
using Parley.Smtp.Addresses;

namespace Parley.Server.Policy;

/// <summary>The catcher takes mail for everybody and keeps it; nothing ever leaves.</summary>
public static class Catching
{
    /// <summary>Decides where nothing says where mail belongs.</summary>
    public static PolicyVerdict? Check(RecipientQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return question.Settings.IsCatcher
            ? new PolicyVerdict(nameof(Catching), Replies.RecipientOk, [Keep(question)])
            : null;
    }

    private static EnvelopeRecipient Keep(RecipientQuestion question) => new(question.Recipient.Path, Destination: null)
    {
        Notify = question.Recipient.Notify,
        OriginalRecipient = question.Recipient.OriginalRecipient,
    };
}
