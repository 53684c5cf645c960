using System.Buffers;
using Parley.Server.Delivery;
using Parley.Smtp;

namespace Parley.Server.Policy;

/// <summary>
/// A local part that names another place, such as <c>dave%example.net</c> or <c>"dave@example.net"</c>, is not handed to the
/// next hop of a domain of ours for a stranger. That hop trusts us, and one that reads local parts so would send the mail
/// on to anybody.
/// </summary>
public static class HiddenRoute
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("@%!");

    /// <summary>Decides where such a recipient would leave; mailboxes of ours are compared whole, so that it leads nowhere there.</summary>
    public static PolicyVerdict? Check(RecipientQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return question.Recipient.Path.Mailbox is { } mailbox
            && mailbox.LocalPart.AsSpan().ContainsAny(Separators)
            && question.Settings.Domains.ContainsKey(mailbox.Domain)
            && Router.HasRoute(question.Settings, mailbox.Domain)
            && !Relaying.MayRelay(question)
                ? new PolicyVerdict(Replies.RelayDenied, [])
                : null;
    }
}
