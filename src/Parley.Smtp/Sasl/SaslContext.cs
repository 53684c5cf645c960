using System.Security.Cryptography.X509Certificates;

namespace Parley.Smtp.Sasl;

/// <summary>What the server's side of a mechanism may know of its connection.</summary>
public sealed class SaslContext
{
    /// <summary>The server's own name; part of the CRAM-MD5 challenge.</summary>
    public required string ServerName { get; init; }

    /// <summary>The questions to the outside.</summary>
    public required IAuthenticator Authenticator { get; init; }

    /// <summary>
    /// Makes a nonce that nobody can guess: printable ASCII without a comma. <see cref="SaslNonce.Create"/> over a
    /// cryptographic source; tests give a fixed text.
    /// </summary>
    public required Func<string> NewNonce { get; init; }

    /// <summary>The clock; part of the CRAM-MD5 challenge.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>
    /// Gives the channel binding data of a type by its registered name (<c>tls-exporter</c>,
    /// <c>tls-server-end-point</c>), or null for a type that this connection does not have.
    /// </summary>
    public Func<string, byte[]?> ChannelBinding { get; init; } = static _ => null;

    /// <summary>
    /// Whether EHLO listed a <c>-PLUS</c> mechanism. A client that then says the server has no channel binding was
    /// shown another list by someone in between (RFC 5802 §6).
    /// </summary>
    public bool ChannelBindingOffered { get; init; }

    /// <summary>The certificate that the client showed in TLS and that was validated, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Where clients find the token issuer (RFC 7628 §3.2.2), told after a refused token; or null.</summary>
    public string? OpenIdConfiguration { get; init; }

    /// <summary>The scope that a token needs, told after a refused token; or null.</summary>
    public string? OAuthScope { get; init; }
}

/// <summary>Who logs in, and with what: the client's side.</summary>
public sealed class SaslClientContext
{
    /// <summary>The user's name; not needed for EXTERNAL.</summary>
    public required string User { get; init; }

    /// <summary>The password, or the token for OAUTHBEARER and XOAUTH2; not needed for EXTERNAL.</summary>
    public required Secret Secret { get; init; }

    /// <summary>As <see cref="SaslContext.NewNonce"/>.</summary>
    public required Func<string> NewNonce { get; init; }

    /// <summary>Who to act as; empty for the user itself.</summary>
    public string AuthorizationId { get; init; } = "";

    /// <summary>The server's host name, for OAUTHBEARER; or null.</summary>
    public string? Host { get; init; }

    /// <summary>The server's port, for OAUTHBEARER; or null.</summary>
    public int? Port { get; init; }

    /// <summary>The channel binding to use with a <c>-PLUS</c> mechanism: its registered name; or null.</summary>
    public string? ChannelBindingType { get; init; }

    /// <summary>The data of <see cref="ChannelBindingType"/>.</summary>
    public ReadOnlyMemory<byte> ChannelBindingData { get; init; }
}

/// <summary>Nonces from a source of random octets.</summary>
public static class SaslNonce
{
    /// <summary>144 random bits in base64: 24 characters.</summary>
    /// <param name="fill">Fills a span with random octets, for example <c>RandomNumberGenerator.Fill</c>.</param>
    public static string Create(Fill fill)
    {
        Span<byte> octets = stackalloc byte[18];
        fill(octets);
        return Convert.ToBase64String(octets);
    }

    /// <summary>A source of random octets.</summary>
    /// <param name="destination">What to fill.</param>
    public delegate void Fill(Span<byte> destination);
}
