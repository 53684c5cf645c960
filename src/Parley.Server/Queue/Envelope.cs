using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Queue;

/// <summary>Who sent a message, to whom it goes, and what was asked for on the way in; kept until it has gone out.</summary>
/// <param name="Sender">Where failures are reported.</param>
/// <param name="Recipients">At least one.</param>
public sealed record Envelope(ReversePath Sender, IReadOnlyList<EnvelopeRecipient> Recipients)
{
    /// <summary>What the octets may be (BODY=, RFC 6152 and RFC 3030).</summary>
    public BodyType Body { get; init; }

    /// <summary>Whether the sender declared SMTPUTF8 (RFC 6531).</summary>
    public bool Utf8 { get; init; }

    /// <summary>Whether every hop must use TLS (REQUIRETLS, RFC 8689).</summary>
    public bool RequireTls { get; init; }

    /// <summary>What of the message a failure report returns (RET=, RFC 3461 §4.3).</summary>
    public DsnReturn Return { get; init; }

    /// <summary>ENVID as it came, in xtext (RFC 3461 §4.4).</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Who logged in to send it; null without a login.</summary>
    public string? User { get; init; }
}

/// <summary>One place where a message goes.</summary>
/// <param name="Address">The address after aliases.</param>
/// <param name="Destination">
/// The key of the next hop, by which deliveries are grouped; null for a mailbox of ours, where the message rests from
/// the moment it is stored.
/// </param>
public sealed record EnvelopeRecipient(ForwardPath Address, string? Destination)
{
    /// <summary>The address as RCPT gave it, when an alias led from there to <see cref="Address"/>; else null.</summary>
    public ForwardPath? Given { get; init; }

    /// <summary>When to report (NOTIFY=, RFC 3461 §4.1).</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>ORCPT as it came, such as <c>rfc822;alice@example.org</c> (RFC 3461 §4.2).</summary>
    public string? OriginalRecipient { get; init; }
}
