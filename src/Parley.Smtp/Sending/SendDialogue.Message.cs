using Parley.Smtp.Serving;

namespace Parley.Smtp.Sending;

/// <content>One message: MAIL, RCPT, content, and what becomes of each recipient.</content>
public sealed partial class SendDialogue
{
    private static readonly ReadOnlyMemory<byte> EmptyContent = ".\r\n"u8.ToArray();

    private SendCause? Lack(OutgoingMessage message)
    {
        if (Hop.MaxOctets is { } most && message.Octets > most)
        {
            return SendCauses.TooBig; // RFC 1870 §6.3
        }

        if (message.NeedsSmtpUtf8 && !Hop.SmtpUtf8)
        {
            return SendCauses.NeedsUtf8; // RFC 6531 §3.5
        }

        if (message.RequireTls && !(IsTls && Hop.RequireTls))
        {
            return SendCauses.NeedsRequireTls; // RFC 8689 §4.2.1
        }

        return message.Body switch
        {
            BodyType.EightBitMime when !Hop.EightBitMime => SendCauses.NeedsEightBit, // RFC 6152 §3
            BodyType.BinaryMime when !(Hop.BinaryMime && Hop.Chunking) => SendCauses.NeedsBinary, // RFC 3030 §3
            _ => null,
        };
    }

    private SendTurn BeginRound()
    {
        var message = transaction!.Message;
        if (open)
        {
            commands.Add(new Command(SendPhase.Reset), "RSET");
        }

        commands.Add(new Command(SendPhase.Mail), CommandLines.Mail(message, Hop));
        foreach (var recipient in transaction.BeginRound(Hop.MaxRecipients ?? options.MaxRecipients))
        {
            commands.Add(new Command(SendPhase.Recipient, recipient), CommandLines.Recipient(message.Recipients[recipient], Hop, message.NeedsSmtpUtf8));
        }

        if (!Hop.Chunking)
        {
            commands.Add(new Command(SendPhase.Data), "DATA");
        }

        return Write();
    }

    private SendTurn WasReset(PeerReply reply)
    {
        if (!reply.Is(ReplySeverity.PositiveCompletion))
        {
            return End(new SendOutcome.Deferred(reply.IsRefusal ? SendCause.Refused(reply) : SendCauses.OddReply.With(reply), SendPhase.Reset));
        }

        open = false;
        return Continue();
    }

    private SendTurn MailAnswered(PeerReply reply)
    {
        if (reply.Is(ReplySeverity.PositiveCompletion))
        {
            open = true;
            return Continue();
        }

        if (!reply.IsRefusal)
        {
            return Odd(reply);
        }

        commands.DropWaiting();
        transaction!.RefuseMail(SendOutcome.Refused(reply, SendPhase.Mail));
        return Continue();
    }

    private SendTurn RecipientAnswered(int recipient, PeerReply reply)
    {
        if (reply.Is(ReplySeverity.PositiveIntermediate))
        {
            return Odd(reply);
        }

        transaction!.Recipient(recipient, reply);
        return Continue();
    }

    private SendTurn DataAnswered(PeerReply reply)
    {
        switch (reply.Code.Severity)
        {
            case ReplySeverity.PositiveIntermediate when transaction!.Accepted > 0:
                return SendContent(SendAction.SendDotted, default);
            case ReplySeverity.PositiveIntermediate when !options.Lmtp:
                // RFC 2920 §3.1: DATA was taken though no recipient was; an empty message ends it, and its answer is
                // for nobody.
                commands.Expect(new Command(SendPhase.Answer));
                Phase = SendPhase.Answer;
                return new SendTurn(SendAction.Read, SendPhase.Answer, EmptyContent);
            case ReplySeverity.PositiveIntermediate or ReplySeverity.PositiveCompletion:
                return Odd(reply);
            default:
                transaction!.EndAccepted(SendOutcome.Refused(reply, SendPhase.Data));
                return Continue();
        }
    }

    private SendTurn ContentAnswered(PeerReply reply)
    {
        open = false;
        if (reply.Is(ReplySeverity.PositiveIntermediate))
        {
            return Odd(reply);
        }

        SendOutcome outcome = reply.Is(ReplySeverity.PositiveCompletion)
            ? new SendOutcome.Delivered(reply) { DsnPassedOn = Hop.Dsn }
            : SendOutcome.Refused(reply, SendPhase.Answer);
        if (!options.Lmtp)
        {
            transaction!.EndAccepted(outcome);
        }
        else if (transaction!.Accepted > 0)
        {
            transaction.EndNext(outcome);
        }

        return Continue();
    }

    private SendTurn SendContent(SendAction action, ReadOnlyMemory<byte> before)
    {
        contentOnItsWay = true;
        Phase = SendPhase.Content;
        return new SendTurn(action, SendPhase.Content, before);
    }

    private SendTurn Continue()
    {
        if (commands.Awaits)
        {
            return Read();
        }

        // All recipients of the round are answered, and none is left to send to: DATA would be refused.
        if (commands.HasMore && transaction!.Accepted == 0 && commands.OnlyDataWaits)
        {
            commands.DropWaiting();
        }

        if (commands.HasMore)
        {
            return Write();
        }

        if (transaction!.Accepted > 0)
        {
            // RFC 3030 §2: the whole message is one chunk; recipients were answered first, so it never travels in vain.
            return SendContent(SendAction.SendChunk, commands.Line(FormattableString.Invariant($"BDAT {transaction.Message.Octets} LAST")));
        }

        return transaction.HasMore ? BeginRound() : new SendTurn(SendAction.Ready, Phase);
    }
}
