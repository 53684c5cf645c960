using Parley.Smtp.Serving;

namespace Parley.Smtp.Sending;

/// <summary>
/// One message of a dialogue: who is still to be offered, who was accepted, and what became of each. A hop that takes
/// fewer recipients at a time than there are gets the message in rounds.
/// </summary>
internal sealed class SendTransaction
{
    private readonly SendOutcome?[] outcomes;
    private readonly List<int> accepted = [];
    private readonly List<int> postponed = [];
    private Queue<int> toOffer;
    private int answered;

    public SendTransaction(OutgoingMessage message)
    {
        Message = message;
        outcomes = new SendOutcome?[message.Recipients.Count];
        toOffer = new Queue<int>(Enumerable.Range(0, message.Recipients.Count));
    }

    public OutgoingMessage Message { get; }

    /// <summary>Recipients of this round that were accepted and not yet answered for.</summary>
    public int Accepted => accepted.Count - answered;

    /// <summary>Why MAIL was not taken; every reply that was still due is then an echo of it.</summary>
    public bool MailRefused { get; private set; }

    /// <summary>Whether recipients are left for another round.</summary>
    public bool HasMore => toOffer.Count > 0 || postponed.Count > 0;

    /// <summary>What became of each recipient; null where it is not known yet.</summary>
    public IReadOnlyList<SendOutcome?> Outcomes => outcomes;

    /// <summary>Begins a round with so many recipients at most.</summary>
    public IReadOnlyList<int> BeginRound(int most)
    {
        if (postponed.Count > 0)
        {
            toOffer = new Queue<int>([.. postponed, .. toOffer]);
            postponed.Clear();
        }

        accepted.Clear();
        answered = 0;
        MailRefused = false;
        var round = new List<int>(Math.Min(most, toOffer.Count));
        while (round.Count < most && toOffer.TryDequeue(out var recipient))
        {
            round.Add(recipient);
        }

        return round;
    }

    /// <summary>MAIL was refused: so are all recipients that have no outcome yet.</summary>
    public void RefuseMail(SendOutcome outcome)
    {
        MailRefused = true;
        EndAll(outcome);
    }

    public void Recipient(int recipient, PeerReply reply)
    {
        if (MailRefused)
        {
            return;
        }

        if (reply.Is(ReplySeverity.PositiveCompletion))
        {
            accepted.Add(recipient);
        }
        else if (accepted.Count > 0 && IsTooMany(reply))
        {
            postponed.Add(recipient);
        }
        else if (reply.Code.Value == 552 && IsTooMany(reply) && reply.Enhanced is not null)
        {
            var cause = SendCause.Refused(reply) with { Status = new EnhancedStatusCode(4, 5, 3) };
            outcomes[recipient] = new SendOutcome.Deferred(cause, SendPhase.Recipient);
        }
        else
        {
            outcomes[recipient] = SendOutcome.Refused(reply, SendPhase.Recipient);
        }
    }

    /// <summary>The same outcome for all that were accepted in this round.</summary>
    public void EndAccepted(SendOutcome outcome)
    {
        while (Accepted > 0)
        {
            EndNext(outcome);
        }
    }

    /// <summary>The outcome of the next accepted recipient, in the order of RCPT (RFC 2033 §4.2).</summary>
    public void EndNext(SendOutcome outcome) => outcomes[accepted[answered++]] = outcome;

    /// <summary>The outcome of all that have none yet.</summary>
    public void EndAll(SendOutcome outcome)
    {
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] ??= outcome;
        }

        answered = accepted.Count;
        toOffer.Clear();
        postponed.Clear();
    }

    // RFC 5321 §4.5.3.1.10: 452, and 552 of older servers, say "not so many at once". Both codes also mean a full disk or
    // a full mailbox; the enhanced code tells, and without one that others were accepted before.
    private static bool IsTooMany(PeerReply reply) =>
        reply.Code.Value is 452 or 552 && reply.Enhanced is null or { Subject: 5, Detail: 3 };
}
