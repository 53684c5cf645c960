using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>The parameters behind a path: each is offered to the extensions in turn.</summary>
internal static class Parameters
{
    /// <summary>Takes the parameters of MAIL into the draft, or those of RCPT into the recipient; the refusal, or null.</summary>
    public static Reply? Take(SmtpSession session, ReadOnlySpan<byte> rest, MailTransaction? draft, Recipient? recipient)
    {
        while (Parameter.TryNext(ref rest, out var parameter))
        {
            // RFC 5321 §4.1.1.11: a parameter that nobody owns is 555. After HELO nothing was offered.
            if (!session.IsExtended || !IsTaken(session, parameter, draft, recipient, out var refusal))
            {
                return Replies.ParameterUnknown;
            }

            if (refusal is not null)
            {
                return refusal;
            }

            if (Parameter.Contains(rest, parameter.Name))
            {
                return Replies.ParameterTwice;
            }
        }

        // What is left is no parameter.
        return rest.IsEmpty ? null : Replies.ParameterValue;
    }

    private static bool IsTaken(SmtpSession session, in Parameter parameter, MailTransaction? draft, Recipient? recipient, out Reply? refusal)
    {
        foreach (var extension in session.Options.Extensions)
        {
            var owned = draft is not null
                ? extension.TakeMail(parameter, draft, session, out refusal)
                : extension.TakeRcpt(parameter, recipient!, session, out refusal);
            if (owned)
            {
                return true;
            }
        }

        refusal = null;
        return false;
    }
}
