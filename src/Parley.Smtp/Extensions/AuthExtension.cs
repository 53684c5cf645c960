using System.Text;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>AUTH (RFC 4954 §3, §5): lists the mechanisms, and takes MAIL's AUTH parameter.</summary>
public sealed class AuthExtension : Extension
{
    /// <inheritdoc/>
    public override int MailOctets => 500; // RFC 4954 §3

    /// <inheritdoc/>
    public override string? EhloLine(SmtpSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session is { OffersLogin: true, User: null }
            ? "AUTH " + string.Join(' ', session.OfferedMechanisms().Select(m => m.Name))
            : null;
    }

    /// <inheritdoc/>
    public override bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(session);
        refusal = null;
        if (session.Options.Auth == AuthMode.Off || !parameter.Is("AUTH"u8))
        {
            return false;
        }

        // RFC 4954 §5: "<>" or a mailbox, in xtext.
        if (XText.Decode(parameter.Value) is not { Length: > 0 } octets)
        {
            refusal = Replies.ParameterValue;
            return true;
        }

        var text = Encoding.UTF8.GetString(octets);
        if (text != "<>" && Mailbox.Parse(text) is null)
        {
            refusal = Replies.ParameterValue;
            return true;
        }

        draft.SubmittedBy = text == "<>" ? string.Empty : text;
        return true;
    }
}
