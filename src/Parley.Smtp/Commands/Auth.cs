using System.Text;
using Parley.Smtp.Sasl;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>AUTH (RFC 4954 §4): opens an exchange of challenges (334) and answers.</summary>
internal static class Auth
{
    public static async ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        var refusal = Parse(session, argument.Span, out var mechanism, out var responseAt);
        if (refusal is not null)
        {
            return refusal;
        }

        var dialogue = session.OpenSasl(mechanism!);
        return await Next(session, responseAt < 0
            ? dialogue.Begin()
            : await dialogue.BeginAsync(argument[responseAt..], cancellation));
    }

    /// <summary>The client's answer to a challenge.</summary>
    public static async ValueTask<Turn> Answer(SmtpSession session, ReadOnlyMemory<byte> line, CancellationToken cancellation) =>
        await Next(session, await session.Sasl!.AnswerAsync(line, cancellation));

    private static Reply? Parse(SmtpSession session, ReadOnlySpan<byte> argument, out ISaslMechanism? mechanism, out int responseAt)
    {
        mechanism = null;
        responseAt = -1;
        if (session.User is not null)
        {
            return Replies.AlreadyLoggedIn; // RFC 4954 §4
        }

        if (!session.OffersLogin)
        {
            return session.Options.Auth != AuthMode.Off && session.Options.StartTls && !session.IsTls
                ? Replies.LoginNeedsTls
                : Replies.LoginNotOffered;
        }

        if (argument.IsEmpty || argument[0] == ' ')
        {
            return Replies.MechanismMissing; // also for a space too many: the mechanism was not looked up
        }

        var space = argument.IndexOf((byte)' ');
        var name = Encoding.ASCII.GetString(space < 0 ? argument : argument[..space]);
        mechanism = session.OfferedMechanisms().FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase));
        responseAt = space < 0 ? -1 : space + 1;
        return mechanism is null ? Replies.MechanismUnknown : null;
    }

    private static ValueTask<Turn> Next(SmtpSession session, SaslStep step)
    {
        switch (step)
        {
            case SaslChallenge challenge:
                return new(new Turn(Replies.Challenge.WithText(Convert.ToBase64String(challenge.Data.Span)), Serving.Next.SaslResponse));
            case SaslSuccess success:
                session.CloseSasl(success.AuthorizationId);
                return new(Replies.LoggedIn);
            default:
                session.CloseSasl(null);
                var reply = Refusal(((SaslFailure)step).Reason);
                return new(new Turn(reply, reply == Replies.TooManyLoginsClosing ? Serving.Next.Close : Serving.Next.Line));
        }
    }

    // RFC 4954 §4 and §6, RFC 5248 §2.4.
    private static Reply Refusal(SaslFailureReason reason) => reason switch
    {
        SaslFailureReason.Malformed => Replies.LoginMalformed,
        SaslFailureReason.NotBase64 => Replies.NotBase64,
        SaslFailureReason.LineTooLong => Replies.LoginLineTooLong,
        SaslFailureReason.UnexpectedInitialResponse => Replies.NoInitialResponse,
        SaslFailureReason.Cancelled => Replies.LoginCancelled,
        SaslFailureReason.MechanismTooWeak => Replies.MechanismTooWeak,
        SaslFailureReason.TransitionNeeded => Replies.PasswordTransition,
        SaslFailureReason.AccountDisabled => Replies.AccountDisabled,
        SaslFailureReason.Unavailable => Replies.LoginUnavailable,
        SaslFailureReason.TooManyAccountFailures => Replies.TooManyLogins,
        SaslFailureReason.TooManyAddressFailures => Replies.TooManyLoginsClosing,
        _ => Replies.WrongCredentials,
    };
}
