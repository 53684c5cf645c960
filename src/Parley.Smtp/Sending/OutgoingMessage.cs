using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Sending;

/// <summary>The envelope of a message on its way out, and what its octets need of the next hop.</summary>
/// <param name="Sender">MAIL FROM.</param>
/// <param name="Recipients">RCPT TO, in the order in which outcomes are told; at least one.</param>
/// <param name="Octets">The length of the content, dots not stuffed.</param>
public sealed record OutgoingMessage(ReversePath Sender, IReadOnlyList<OutgoingRecipient> Recipients, long Octets)
{
    /// <summary>What the octets may be (RFC 6152, RFC 3030).</summary>
    public BodyType Body { get; init; }

    /// <summary>Whether headers or addresses are in UTF-8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>Whether the hop must use TLS and pass that on (RFC 8689).</summary>
    public bool RequireTls { get; init; }

    /// <summary>RET (RFC 3461 §4.3).</summary>
    public DsnReturn Return { get; init; }

    /// <summary>ENVID in xtext (RFC 3461 §4.4), or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Whether the message cannot go to a hop without SMTPUTF8. A domain can: it has an ASCII form.</summary>
    public bool NeedsSmtpUtf8 =>
        SmtpUtf8 || HasUtf8LocalPart(Sender.Mailbox) || Recipients.Any(recipient => HasUtf8LocalPart(recipient.Address.Mailbox));

    private static bool HasUtf8LocalPart(Mailbox? mailbox) => mailbox is not null && !System.Text.Ascii.IsValid(mailbox.LocalPart);
}

/// <summary>One recipient of an outgoing message.</summary>
/// <param name="Address">RCPT TO.</param>
public sealed record OutgoingRecipient(ForwardPath Address)
{
    /// <summary>NOTIFY (RFC 3461 §4.1).</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>ORCPT as it came, <c>type;xtext</c> (RFC 3461 §4.2), or null.</summary>
    public string? OriginalRecipient { get; init; }
}
