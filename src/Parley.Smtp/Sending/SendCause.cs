using System.Text;

namespace Parley.Smtp.Sending;

/// <summary>
/// Why a recipient was deferred or failed: a reply of the next hop, or a named entry of <see cref="SendCauses"/>. The
/// id is the key of what a report says about it; the queue keeps the text alone, by whose words it is explained.
/// </summary>
/// <param name="Id">The entry's name, such as <c>connection-lost</c>; <c>refused</c> for a reply.</param>
/// <param name="Status">The status for reports (RFC 3463).</param>
/// <param name="Text">What happened and what to do, in plain words; the reply's text where there is one.</param>
public sealed record SendCause(string Id, EnhancedStatusCode Status, string Text)
{
    private const int MaxDetail = 500;

    /// <summary>What the next hop said, if that is the cause or belongs to it.</summary>
    public PeerReply? Reply { get; init; }

    /// <summary>The reply code: the hop's, or the one that a standard gives this cause; 0 without one.</summary>
    public int Code { get; init; }

    /// <summary>The cause that is nothing but the hop's own words.</summary>
    public static SendCause Refused(PeerReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var status = reply.Enhanced ?? new EnhancedStatusCode((int)reply.Code.Severity, 0, 0);
        return new SendCause("refused", status, reply.Text) { Reply = reply, Code = reply.Code.Value };
    }

    /// <summary>The same cause with particulars in front of its advice, such as a name or the system's own words.</summary>
    public SendCause For(string detail)
    {
        ArgumentNullException.ThrowIfNull(detail);
        var clean = new StringBuilder(Math.Min(detail.Length, MaxDetail));
        foreach (var c in detail.AsSpan(0, Math.Min(detail.Length, MaxDetail)))
        {
            clean.Append(char.IsControl(c) ? ' ' : c);
        }

        return this with { Text = $"{clean.ToString().TrimEnd('.', ' ')}: {Text}" };
    }

    /// <summary>The same cause with the reply that it is about, which is no answer to anything, so that its code is not the cause's.</summary>
    internal SendCause With(PeerReply reply) => this with { Reply = reply, Text = $"{Text} ({reply})" };
}
