using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Server.Accounts;
using Parley.Smtp.Sasl;
using Parley.Smtp.Serving;

namespace Parley.Server.Listening;

/// <summary>What a listener gives its connections for AUTH.</summary>
/// <param name="Logins">The accounts.</param>
/// <param name="Binding">What ties a login to its TLS connection.</param>
/// <param name="Certificates">Judges the client's certificate.</param>
/// <param name="Time">The clock.</param>
internal sealed record LoginParts(Logins Logins, ChannelBinding Binding, Certificates Certificates, TimeProvider Time)
{
    /// <summary>As a connection begins: looks at what of the offer hangs on the accounts of now.</summary>
    public Task Prepare(SessionOptions options) =>
        options.Auth != AuthMode.Off && options.Mechanisms.Any(mechanism => mechanism.Needs.HasFlag(SaslNeeds.ReadableSecrets))
            ? Logins.Refresh()
            : Task.CompletedTask;
}

/// <summary>One connection's answers to its session about AUTH.</summary>
internal sealed class LoginHost(LoginParts parts, SocketTransport transport, IPAddress client) : ISaslHost
{
    private SaslNeeds? ofTls;
    private X509Certificate2? certificate;

    // The session itself sees to it that nothing is offered in clear which the configuration does not allow.
    public SaslNeeds Met(SmtpSession session) => parts.Logins.Met | SaslNeeds.Confidentiality | OfTls();

    public SaslContext Context(SmtpSession session) => new()
    {
        ServerName = session.Options.Hostname,
        Authenticator = parts.Logins.For(client),
        NewNonce = static () => SaslNonce.Create(RandomNumberGenerator.Fill),
        Time = parts.Time,
        ChannelBinding = type => transport.Ssl is { } tls ? parts.Binding.Find(tls, type) : null,
        ChannelBindingOffered = OfTls().HasFlag(SaslNeeds.ChannelBinding)
            && session.Options.Mechanisms.Any(mechanism => mechanism.Needs.HasFlag(SaslNeeds.ChannelBinding)),
        ClientCertificate = certificate,
        OpenIdConfiguration = parts.Logins.OpenIdConfiguration,
    };

    // Once a connection: neither changes while TLS lasts, and building a chain takes its time.
    private SaslNeeds OfTls()
    {
        if (ofTls is { } known || transport.Ssl is not { } tls)
        {
            return ofTls ?? SaslNeeds.None;
        }

        known = parts.Binding.IsAvailable(tls) ? SaslNeeds.ChannelBinding : SaslNeeds.None;
        if (tls.RemoteCertificate is X509Certificate2 shown && parts.Certificates.IsTrusted(shown))
        {
            certificate = shown;
            known |= SaslNeeds.ClientCertificate;
        }

        ofTls = known;
        return known;
    }
}
