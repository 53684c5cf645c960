using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>What the queue keeps of an outcome.</summary>
internal static class Attempts
{
    // A reply may have 64 KB; its beginning tells why, and a million deferred recipients keep it.
    private const int MaxText = 1000;

    public static AttemptReply Reply(SendOutcome outcome, string peer) => outcome switch
    {
        SendOutcome.Delivered delivered => Reply(delivered.Reply, peer),
        SendOutcome.Deferred deferred => Reply(deferred.Why, deferred.Where, peer),
        SendOutcome.Failed failed => Reply(failed.Why, failed.Where, peer),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>The status for a report (RFC 3463): the reply's own, else one of its class.</summary>
    public static Smtp.EnhancedStatusCode Status(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Delivered delivered => delivered.Reply.Enhanced ?? new Smtp.EnhancedStatusCode(2, 0, 0),
        SendOutcome.Deferred deferred => deferred.Why.Status,
        SendOutcome.Failed failed => failed.Why.Status,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>Why it did not go through; null when it did.</summary>
    public static SendCause? Cause(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Deferred deferred => deferred.Why,
        SendOutcome.Failed failed => failed.Why,
        _ => null,
    };

    /// <summary>Where it happened.</summary>
    public static SendPhase Phase(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Deferred deferred => deferred.Where,
        SendOutcome.Failed failed => failed.Where,
        _ => SendPhase.Answer,
    };

    /// <summary>Whether the next hop itself judged the message, so that it is alive: not by silence, nor by 421, which ends the session.</summary>
    public static bool IsJudgement(SendOutcome outcome) =>
        Cause(outcome) is { Reply: { } reply } && reply.Code.Value != 421 && Phase(outcome) is >= SendPhase.Mail and <= SendPhase.Answer;

    private static AttemptReply Reply(PeerReply reply, string peer) =>
        new(reply.Code.Value, reply.Enhanced?.ToString() ?? string.Empty, Cut(reply.Text), peer);

    private static AttemptReply Reply(SendCause why, SendPhase where, string peer)
    {
        if (why is { Id: "refused", Reply: { } reply })
        {
            return Reply(reply, peer);
        }

        var text = Moment(where) is { } moment ? $"{why.Text} ({moment})" : why.Text;
        return new AttemptReply(why.Code, why.Status.ToString(), Cut(text), peer);
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + " …";

    /// <summary>Where a trouble of the connection came; null where the trouble itself says it.</summary>
    private static string? Moment(SendPhase where) => where switch
    {
        SendPhase.Greeting => "waiting for the greeting",
        SendPhase.Hello => "at EHLO",
        SendPhase.Tls => "at STARTTLS",
        SendPhase.Login => "at AUTH",
        SendPhase.Reset => "at RSET",
        SendPhase.Mail => "at MAIL",
        SendPhase.Recipient => "at RCPT",
        SendPhase.Data => "at DATA",
        SendPhase.Content => "while the message was sent",
        SendPhase.Answer => "after the message was sent, before its answer",
        _ => null,
    };
}
