using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Server.Listening;

/// <summary>
/// The data that tie a SCRAM login to its TLS connection (RFC 5056): <c>tls-exporter</c> (RFC 9266) where the platform
/// lets us have it, and <c>tls-server-end-point</c> (RFC 5929 §4) from the certificate.
/// </summary>
public sealed class ChannelBinding
{
    /// <summary>RFC 9266: keying material exported from the handshake.</summary>
    public const string Exporter = "tls-exporter";

    /// <summary>RFC 5929 §4: the hash of the server's certificate.</summary>
    public const string ServerEndPoint = "tls-server-end-point";

    private readonly TlsExporter? exporter;

    private ChannelBinding(TlsExporter? exporter) => this.exporter = exporter;

    /// <summary>Whether this platform gives <see cref="Exporter"/>; .NET has no public way to it.</summary>
    public bool HasExporter => exporter is not null;

    /// <summary>
    /// Finds out, by a handshake with ourselves in memory, whether keying material can be exported. Run once at start: it
    /// takes some ten milliseconds.
    /// </summary>
    public static async Task<ChannelBinding> Probe(CancellationToken cancellation) =>
        new(await TlsExporter.Probe(cancellation));

    /// <summary>Whether any binding can be had at the server's end of this connection, so that -PLUS may be offered.</summary>
    public bool IsAvailable(SslStream server) =>
        Find(server, ServerEndPoint) is not null || Find(server, Exporter) is not null;

    /// <summary>The data of a binding at the server's end of a connection; null for a type that it does not have.</summary>
    public byte[]? Find(SslStream server, string type) => type switch
    {
        Exporter => exporter?.Export(server),
        ServerEndPoint => server.LocalCertificate is X509Certificate2 certificate ? HashOf(certificate) : null,
        _ => null,
    };

    /// <summary>The data of a binding at the client's end of a connection; null for a type that it does not have.</summary>
    public byte[]? FindAtClient(SslStream client, string type) => type switch
    {
        Exporter => exporter?.Export(client),
        ServerEndPoint => client.RemoteCertificate is X509Certificate2 certificate ? HashOf(certificate) : null,
        _ => null,
    };

    // RFC 5929 §4.1: the hash of the certificate's own signature, but SHA-256 for MD5 and SHA-1; without a single hash
    // (EdDSA, PSS with parameters) the binding is undefined.
    private static byte[]? HashOf(X509Certificate2 certificate)
    {
        HashAlgorithmName? algorithm = certificate.SignatureAlgorithm.Value switch
        {
            "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
            "1.2.840.10045.4.1" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
            "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
            "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
            _ => null,
        };
        return algorithm is { } name ? CryptographicOperations.HashData(name, certificate.RawDataMemory.Span) : null;
    }
}
