using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>
/// A service extension (RFC 5321 §2.2): one unit that owns its EHLO keyword, its parameters of MAIL and RCPT, and
/// their effect. Nothing is advertised that is not done.
/// </summary>
public abstract class Extension
{
    /// <summary>What EHLO says, or null where the extension is not offered to this session now.</summary>
    public abstract string? EhloLine(SmtpSession session);

    /// <summary>Octets that this extension adds to the longest MAIL line (RFC 5321 §4.5.3.1.4).</summary>
    public virtual int MailOctets => 0;

    /// <summary>Octets that this extension adds to the longest RCPT line.</summary>
    public virtual int RcptOctets => 0;

    /// <summary>Takes a parameter of MAIL into the draft; false when it is not this extension's.</summary>
    /// <param name="parameter">Name and value.</param>
    /// <param name="draft">The transaction that begins if every parameter is good.</param>
    /// <param name="session">The session.</param>
    /// <param name="refusal">Why the parameter is refused, or null.</param>
    public virtual bool TakeMail(in Parameter parameter, MailTransaction draft, SmtpSession session, out Reply? refusal)
    {
        refusal = null;
        return false;
    }

    /// <summary>Takes a parameter of RCPT into the recipient; false when it is not this extension's.</summary>
    public virtual bool TakeRcpt(in Parameter parameter, Recipient recipient, SmtpSession session, out Reply? refusal)
    {
        refusal = null;
        return false;
    }
}
