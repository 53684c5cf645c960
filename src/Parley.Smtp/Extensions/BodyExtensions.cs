using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>BINARYMIME (RFC 3030 §3): BODY=BINARYMIME, any octets, by BDAT only.</summary>
public sealed class BinaryMimeExtension : Extension
{
    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "BINARYMIME";

    /// <inheritdoc/>
    public override bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(draft);
        refusal = null;
        if (!parameter.Is("BODY"u8) || !parameter.ValueIs("BINARYMIME"u8))
        {
            return false;
        }

        draft.Body = BodyType.BinaryMime;
        return true;
    }
}

/// <summary>8BITMIME (RFC 6152): BODY=7BIT and BODY=8BITMIME. Stands behind BINARYMIME, so that any other BODY ends here.</summary>
public sealed class EightBitMimeExtension : Extension
{
    /// <inheritdoc/>
    public override int MailOctets => 17; // " BODY=BINARYMIME" and its CRLF's worth

    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "8BITMIME";

    /// <inheritdoc/>
    public override bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(draft);
        refusal = null;
        if (!parameter.Is("BODY"u8))
        {
            return false;
        }

        if (parameter.ValueIs("8BITMIME"u8))
        {
            draft.Body = BodyType.EightBitMime;
        }
        else if (!parameter.ValueIs("7BIT"u8))
        {
            refusal = Replies.ParameterValue;
        }

        return true;
    }
}

/// <summary>SMTPUTF8 (RFC 6531): addresses and headers in UTF-8.</summary>
public sealed class SmtpUtf8Extension : Extension
{
    /// <inheritdoc/>
    public override int MailOctets => 10; // RFC 6531 §3.1

    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "SMTPUTF8";

    /// <inheritdoc/>
    public override bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        ArgumentNullException.ThrowIfNull(draft);
        refusal = null;
        if (!parameter.Is("SMTPUTF8"u8))
        {
            return false;
        }

        // RFC 6531 §3.4: the parameter has no value.
        refusal = parameter.HasValue ? Replies.ParameterValue : null;
        draft.SmtpUtf8 = true;
        return true;
    }
}
