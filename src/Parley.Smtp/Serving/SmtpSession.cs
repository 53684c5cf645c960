namespace Parley.Smtp.Serving;

/// <summary>A session: from the greeting to the close (RFC 5321 §3.1).</summary>
public sealed class SmtpSession
{
}
