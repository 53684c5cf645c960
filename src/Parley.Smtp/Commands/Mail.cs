using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Extensions;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>MAIL (RFC 5321 §4.1.1.2): begins a transaction.</summary>
internal static class Mail
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        var refusal = Parse(session, argument.Span, out var draft);
        return refusal is not null ? new(refusal) : Ask(session, draft!, cancellation);
    }

    private static Reply? Parse(SmtpSession session, ReadOnlySpan<byte> text, out MailTransaction? draft)
    {
        draft = null;
        if (text.Length < 5 || !Ascii.EqualsIgnoreCase(text[..5], "FROM:"u8))
        {
            return Replies.MailSyntax;
        }

        // RFC 5321 §3.3: no space on either side of the colon.
        var rest = text[5..];
        switch (ReversePath.TryParse(rest, out var path, out var consumed))
        {
            case PathFault.NoBrackets: return Replies.MailSyntax;
            case PathFault.TooLong: return Replies.SenderTooLong;
            case PathFault.Malformed: return Replies.SenderMalformed;
        }

        rest = rest[consumed..];
        if (!rest.IsEmpty && rest[0] != ' ')
        {
            return Replies.MailSyntax; // junk that sticks to the path
        }

        draft = new MailTransaction(path!);
        var refusal = Parameters.Take(session, rest, draft, recipient: null);
        if (refusal is not null)
        {
            return refusal;
        }

        // RFC 6531 §3.5
        return path!.Mailbox is { IsAscii: false } && !draft.SmtpUtf8 ? Replies.SenderNeedsUtf8 : null;
    }

    private static async ValueTask<Turn> Ask(SmtpSession session, MailTransaction draft, CancellationToken cancellation)
    {
        var reply = await session.Receiver.Sender(session, draft, cancellation);
        if (!reply.IsRefusal)
        {
            session.Begin(draft);
        }

        return reply;
    }
}
