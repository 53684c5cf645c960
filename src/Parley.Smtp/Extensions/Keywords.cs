using Parley.Smtp.Serving;

namespace Parley.Smtp.Extensions;

/// <summary>PIPELINING (RFC 2920): commands may come without waiting; they are answered in order.</summary>
public sealed class Pipelining : Extension
{
    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "PIPELINING";
}

/// <summary>ENHANCEDSTATUSCODES (RFC 2034): every 2yz, 4yz and 5yz but the greeting's, EHLO's and HELO's carries one.</summary>
public sealed class EnhancedStatusCodes : Extension
{
    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "ENHANCEDSTATUSCODES";
}

/// <summary>CHUNKING (RFC 3030 §2): BDAT.</summary>
public sealed class Chunking : Extension
{
    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session) => "CHUNKING";
}

/// <summary>LIMITS (RFC 9422): what we would refuse anyhow, said beforehand.</summary>
public sealed class LimitsExtension : Extension
{
    /// <inheritdoc/>
    public override string EhloLine(SmtpSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"LIMITS RCPTMAX={session.Options.MaxRecipients}");
    }
}

/// <summary>STARTTLS (RFC 3207): offered outside TLS only.</summary>
public sealed class StartTlsExtension : Extension
{
    /// <inheritdoc/>
    public override string? EhloLine(SmtpSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Options.StartTls && !session.IsTls ? "STARTTLS" : null;
    }
}
