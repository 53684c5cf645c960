using System.Net;
using Parley.Smtp.Sasl;

namespace Parley.Server.Configuration;

/// <summary>One SMTP socket. Port 0 asks the system for a free one.</summary>
public sealed record ListenerSettings
{
    public required IPEndPoint Address { get; init; }

    public required ListenerRole Role { get; init; }

    public required ListenerTls Tls { get; init; }

    public required ListenerAuth Auth { get; init; }

    /// <summary>SASL mechanisms in the order offered, upper case; null: the server's own choice.</summary>
    public required IReadOnlyList<string>? Mechanisms { get; init; }
}

/// <summary>What a listener is for: mail from other servers, or mail from our own users (RFC 6409).</summary>
public enum ListenerRole
{
    Mx,
    Submission,
}

/// <summary>How TLS comes to a listener's connections.</summary>
public enum ListenerTls
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>STARTTLS is offered (RFC 3207).</summary>
    StartTls,

    /// <summary>STARTTLS must come before MAIL.</summary>
    Required,

    /// <summary>From the first octet (RFC 8314).</summary>
    Implicit,
}

/// <summary>Whether a client of a listener logs in.</summary>
public enum ListenerAuth
{
    Off,
    Optional,
    Required,
}

/// <summary>The console, the API, the reference pages and the metrics.</summary>
public sealed record HttpSettings
{
    /// <summary>Null: no HTTP at all.</summary>
    public required IPEndPoint? Address { get; init; }

    /// <summary>The bearer token that lets in who does not come from loopback; null: only loopback.</summary>
    public required Secret? Token { get; init; }
}

/// <summary>Certificates for the listeners, PEM. Paths are absolute.</summary>
public sealed record TlsSettings
{
    /// <summary>The first is the default; the others are chosen by the name that the client asks for (SNI).</summary>
    public required IReadOnlyList<CertificateSettings> Certificates { get; init; }

    /// <summary>Authorities whose client certificates SASL EXTERNAL believes; null: none are asked for.</summary>
    public required string? ClientCaFile { get; init; }

    /// <summary>Whether AUTH is offered and taken on connections without TLS.</summary>
    public required bool AllowPlaintextAuth { get; init; }
}

/// <summary>A certificate chain and its private key, two PEM files.</summary>
public sealed record CertificateSettings(string CertificateFile, string KeyFile);
