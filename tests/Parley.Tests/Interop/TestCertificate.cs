using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Tests.Interop;

/// <summary>A certificate for localhost by an authority of its own, as PEM files in a folder.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly X509Certificate2 authority;
    private readonly string folder;

    public TestCertificate(string folder)
    {
        this.folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Parley test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(365));
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        Issue();
    }

    public string AuthorityFile => Path.Combine(folder, "authority.pem");

    public string CertificateFile => Path.Combine(folder, "cert.pem");

    public string KeyFile => Path.Combine(folder, "key.pem");

    /// <summary>The serial number of the newest certificate, in hexadecimal.</summary>
    public string Serial { get; private set; } = "";

    /// <summary>Writes a new certificate over the old one, the key first, as tools for renewal do.</summary>
    public void Issue() => Write(CertificateFile, KeyFile, "localhost", isClient: false);

    /// <summary>A certificate for a client, by the same authority.</summary>
    public (string Certificate, string Key) ForClient(string name)
    {
        var files = (Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"));
        Write(files.Item1, files.Item2, name, isClient: true);
        return files;
    }

    private void Write(string certificateFile, string keyFile, string name, bool isClient)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (isClient)
        {
            names.AddEmailAddress(name);
        }
        else
        {
            names.AddDnsName(name);
            names.AddIpAddress(System.Net.IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isClient ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://localhost/test.crl"]));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90), RandomNumberGenerator.GetBytes(16));
        Serial = certificate.SerialNumber;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
    }

    public void Dispose() => authority.Dispose();
}
