using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>An outcome in the words that the queue keeps and shows.</summary>
internal static class AttemptWords
{
    public static AttemptReply Of(SendOutcome outcome, string peer) => outcome switch
    {
        SendOutcome.Delivered { Reply: var reply } => new AttemptReply(reply.Code.Value, reply.Enhanced?.ToString() ?? "", reply.Text, peer),
        SendOutcome.Deferred deferred => Of(deferred.Why, deferred.Where, peer),
        SendOutcome.Failed failed => Of(failed.Why, failed.Where, peer),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static AttemptReply Of(SendCause why, SendPhase where, string peer) =>
        new(why.Code, why.Status.ToString(), why.Id == "refused" ? why.Text : why.Text + Place(where), peer);

    // Where it happened, for causes of our own; a reply says for itself what it is about.
    private static string Place(SendPhase where) => where switch
    {
        SendPhase.Greeting => " (before the greeting)",
        SendPhase.Hello => " (after EHLO)",
        SendPhase.Login => " (while logging in)",
        SendPhase.Reset => " (after RSET)",
        SendPhase.Mail => " (after MAIL)",
        SendPhase.Recipient => " (after RCPT)",
        SendPhase.Data => " (after DATA)",
        SendPhase.Content => " (while the message was sent)",
        SendPhase.Answer => " (after the whole message was sent, which may have arrived)",
        _ => "",
    };
}
