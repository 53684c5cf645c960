namespace Parley.Smtp.Sending;

/// <summary>What became of one recipient: cause and place, never a yes or no.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The next hop took responsibility (RFC 5321 §4.2.5).</summary>
    /// <param name="Reply">What it said.</param>
    public sealed record Delivered(PeerReply Reply) : SendOutcome
    {
        /// <summary>Whether the hop does DSN, so that it reports from here on; without it we report "relayed" (RFC 3461 §5.2.3).</summary>
        public bool DsnPassedOn { get; init; }
    }

    /// <summary>Not now; the same may succeed later.</summary>
    /// <param name="Why">The cause.</param>
    /// <param name="Where">The place.</param>
    public sealed record Deferred(SendCause Why, SendPhase Where) : SendOutcome;

    /// <summary>Never; trying again would end the same.</summary>
    /// <param name="Why">The cause.</param>
    /// <param name="Where">The place.</param>
    public sealed record Failed(SendCause Why, SendPhase Where) : SendOutcome;

    /// <summary>The outcome that the first digit of a refusal asks for (RFC 5321 §4.2.1).</summary>
    internal static SendOutcome Refused(PeerReply reply, SendPhase where) =>
        reply.Is(ReplySeverity.PermanentNegative)
            ? new Failed(SendCause.Refused(reply), where)
            : new Deferred(SendCause.Refused(reply), where);
}
