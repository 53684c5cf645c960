using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Reports;

/// <summary>What a report says was done for a recipient (RFC 3464 §2.3.3).</summary>
public enum ReportedAction
{
    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Not there yet, and still tried.</summary>
    Delayed,

    /// <summary>In the recipient's mailbox.</summary>
    Delivered,

    /// <summary>Handed to a server that sends no reports of its own.</summary>
    Relayed,

    /// <summary>Passed on to the members behind the address, each on its own.</summary>
    Expanded,
}

/// <summary>One recipient of a report.</summary>
/// <param name="Recipient">Whom it is about.</param>
/// <param name="Action">What was done.</param>
/// <param name="Outcome">How the last attempt ended.</param>
/// <param name="Reply">The same as the queue keeps it.</param>
internal sealed record RecipientStatus(ClaimedRecipient Recipient, ReportedAction Action, SendOutcome Outcome, AttemptReply Reply)
{
    /// <summary>When the last attempt ended.</summary>
    public DateTimeOffset AttemptedAt { get; init; }

    /// <summary>Whether it was given up because its time is over, not because of a final refusal.</summary>
    public bool Expired { get; init; }

    /// <summary>Until when a delayed one is tried.</summary>
    public DateTimeOffset RetryUntil { get; init; }

    /// <summary>The address that the sender wrote to.</summary>
    public Smtp.Addresses.ForwardPath Given => Recipient.Recipient.Given ?? Recipient.Recipient.Address;
}
