using System.Text;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>VRFY (RFC 5321 §3.5): does this mailbox exist?</summary>
internal static class Vrfy
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation) =>
        AddressQuestion.Answer(session, session.Options.Vrfy, argument,
            text => session.Receiver.Verify(session, text, cancellation));
}

/// <summary>EXPN (RFC 5321 §3.5): who is on this list?</summary>
internal static class Expn
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation) =>
        AddressQuestion.Answer(session, session.Options.Expn, argument,
            text => session.Receiver.Expand(session, text, cancellation));
}

/// <summary>What VRFY and EXPN share: switched off, neutral, or asked of the receiver.</summary>
internal static class AddressQuestion
{
    private const string Parameter = " SMTPUTF8";

    public static async ValueTask<Turn> Answer(SmtpSession session, AddressCommand mode, ReadOnlyMemory<byte> argument, Func<string, ValueTask<Reply>> ask)
    {
        if (mode == AddressCommand.Disabled)
        {
            return Replies.CommandDisabled;
        }

        if (argument.IsEmpty)
        {
            return Replies.ArgumentMissing;
        }

        // RFC 5321 §7.3: 252 is the answer of a server that does not tell.
        if (mode == AddressCommand.Neutral)
        {
            return Replies.CannotVerify;
        }

        // RFC 6531 §3.7.4.2: the client takes names beyond ASCII in the answer, or else does not get them.
        var text = Encoding.UTF8.GetString(argument.Span);
        var takesUtf8 = session.IsExtended && text.EndsWith(Parameter, StringComparison.OrdinalIgnoreCase);
        var reply = await ask(takesUtf8 ? text[..^Parameter.Length] : text);
        return takesUtf8 || Ascii.IsValid(reply.Wire.Span) ? reply : Replies.CannotVerify;
    }
}
