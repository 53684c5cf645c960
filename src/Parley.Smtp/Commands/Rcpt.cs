using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Extensions;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>RCPT (RFC 5321 §4.1.1.3): adds a recipient.</summary>
internal static class Rcpt
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        var refusal = Parse(session, argument.Span, out var recipient);
        return refusal is not null ? new(refusal) : Ask(session, recipient!, cancellation);
    }

    private static Reply? Parse(SmtpSession session, ReadOnlySpan<byte> text, out Recipient? recipient)
    {
        recipient = null;
        if (text.Length < 3 || !Ascii.EqualsIgnoreCase(text[..3], "TO:"u8))
        {
            return Replies.RcptSyntax;
        }

        var rest = text[3..];
        switch (ForwardPath.TryParse(rest, out var path, out var consumed))
        {
            case PathFault.NoBrackets: return Replies.RcptSyntax;
            case PathFault.TooLong: return Replies.RecipientTooLong;
            case PathFault.Malformed: return Replies.RecipientMalformed;
        }

        rest = rest[consumed..];
        if (!rest.IsEmpty && rest[0] != ' ')
        {
            return Replies.RcptSyntax;
        }

        recipient = new Recipient(path!);
        var refusal = Parameters.Take(session, rest, draft: null, recipient);
        if (refusal is not null)
        {
            return refusal;
        }

        var transaction = session.Transaction!;
        if (path!.Mailbox is { IsAscii: false } && !transaction.SmtpUtf8)
        {
            return Replies.RecipientNeedsUtf8; // RFC 6531 §3.5
        }

        // RFC 5321 §4.5.3.1.10: temporary, so that the client sends the rest in another transaction.
        return transaction.Recipients.Count >= session.Options.MaxRecipients ? Replies.TooManyRecipients : null;
    }

    private static async ValueTask<Turn> Ask(SmtpSession session, Recipient recipient, CancellationToken cancellation)
    {
        var transaction = session.Transaction!;
        var reply = await session.Receiver.Recipient(session, transaction, recipient, cancellation);
        session.Offered(recipient, accepted: !reply.IsRefusal);
        return reply;
    }
}
