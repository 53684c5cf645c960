using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Parley.Server.Configuration;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>
/// When TLS is begun with a next hop, and what is asked of its certificate. Opportunistic TLS (RFC 7435) takes any
/// certificate, and mail still goes in clear to a host whose TLS is broken; that host is remembered for a time, so that
/// not every message pays for the attempt. Required TLS takes nothing but a certificate that names the host.
/// </summary>
internal sealed class TlsPolicy(TimeProvider time, X509Certificate2Collection? authorities = null)
{
    private const int ImplicitPort = 465; // RFC 8314 §7.3

    private static readonly TimeSpan DowngradeTime = TimeSpan.FromHours(1);

    private readonly Remembered<string> broken = new(time, DowngradeTime);

    /// <summary>Whether TLS begins with the first octet.</summary>
    public static bool IsImplicit(RouteTls tls, int port) => tls != RouteTls.None && port == ImplicitPort;

    /// <summary>What a dialogue with this hop does about STARTTLS.</summary>
    public SendTls For(RouteTls tls, Hop hop) => tls switch
    {
        RouteTls.None => SendTls.Never,
        RouteTls.Required => SendTls.Always,
        _ => broken.Contains(hop.Peer) ? SendTls.Never : SendTls.WhenOffered,
    };

    /// <summary>Notes that the hop offered TLS and could not do it.</summary>
    public void NoteBroken(Hop hop) => broken.Add(hop.Peer);

    /// <summary>The handshake with a hop. A certificate that is not taken says why in <paramref name="complaint"/>.</summary>
    public SslClientAuthenticationOptions Handshake(RouteTls tls, Hop hop, Action<string> complaint) => new()
    {
        TargetHost = hop.Host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // RFC 8997 §3
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = authorities is null ? null : Chain(authorities),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (tls != RouteTls.Required || errors == SslPolicyErrors.None)
            {
                return true;
            }

            complaint(Describe(errors, hop.Host, chain));
            return false;
        },
    };

    private static X509ChainPolicy Chain(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static string Describe(SslPolicyErrors errors, string host, X509Chain? chain)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server showed no certificate";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the server's certificate does not name {host}";
        }

        var faults = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        return faults.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "the server's certificate has expired or is not yet valid"
            : (faults & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError ? "the server's certificate leads to no authority that this machine trusts"
            : $"the server's certificate is not valid ({faults})";
    }
}
