using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Server.Configuration;

namespace Parley.Server.Listening;

/// <summary>
/// The certificate that the catcher makes for itself, so that clients which insist on TLS work at once. It names
/// localhost and nothing else, and is kept with the data; a client trusts it by being given the file.
/// </summary>
internal static class OwnCertificate
{
    // The longest life that current clients accept of any certificate.
    private static readonly TimeSpan Life = TimeSpan.FromDays(397);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>The files of the certificate, made or renewed where needed.</summary>
    public static CertificateSettings Ensure(string dataFolder, TimeProvider time)
    {
        var folder = Path.Combine(dataFolder, "tls");
        var files = new CertificateSettings(Path.Combine(folder, "localhost.pem"), Path.Combine(folder, "localhost.key"));
        if (!IsGood(files, time.GetUtcNow()))
        {
            Make(folder, files, time.GetUtcNow());
        }

        return files;
    }

    private static bool IsGood(CertificateSettings files, DateTimeOffset now)
    {
        if (!File.Exists(files.CertificateFile) || !File.Exists(files.KeyFile))
        {
            return false;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile);
            return certificate.NotAfter.ToUniversalTime() > now.UtcDateTime + RenewBefore;
        }
        catch (CryptographicException)
        {
            return false; // half written, or not ours: made anew
        }
    }

    private static void Make(string folder, CertificateSettings files, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // serverAuth
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + Life);

        Directory.CreateDirectory(folder);
        Write(files.KeyFile, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write(files.CertificateFile, certificate.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text + "\n");
    }
}
