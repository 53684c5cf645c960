using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Bench.Peers;

/// <summary>What both servers of a login scenario are given: one ECDSA P-256 certificate, one user, SCRAM keys of 4096 iterations.</summary>
public sealed class LoginFixture
{
    private readonly ScramKeys _keys;

    private LoginFixture(string folder, ScramKeys keys)
    {
        CertificateFile = Path.Combine(folder, "cert.pem");
        KeyFile = Path.Combine(folder, "key.pem");
        PasswordFile = Path.Combine(folder, "password");
        WrongPasswordFile = Path.Combine(folder, "wrong-password");
        _keys = keys;
    }

    public string User => "load";

    public string CertificateFile { get; }

    public string KeyFile { get; }

    /// <summary>The clear password, for the client.</summary>
    public string PasswordFile { get; }

    /// <summary>A password that is not the user's.</summary>
    public string WrongPasswordFile { get; }

    /// <summary>The keys as Parley reads them.</summary>
    public string ParleyKeys => _keys.Format();

    /// <summary>The same keys as Dovecot writes them: commas between all parts.</summary>
    public string DovecotKeys => _keys.Format().Replace('$', ',').Replace(':', ',');

    public static async Task<LoginFixture> CreateAsync(string folder, CancellationToken cancel)
    {
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        var keys = ScramKeys.TryDerive(
            ScramHash.Sha256, Encoding.ASCII.GetBytes(password), RandomNumberGenerator.GetBytes(ScramKeys.SaltLength))!;
        var fixture = new LoginFixture(folder, keys);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        await File.WriteAllTextAsync(fixture.CertificateFile, certificate.ExportCertificatePem(), cancel);
        await File.WriteAllTextAsync(fixture.KeyFile, key.ExportPkcs8PrivateKeyPem(), cancel);
        await File.WriteAllTextAsync(fixture.PasswordFile, password + "\n", cancel);
        await File.WriteAllTextAsync(fixture.WrongPasswordFile, "wrong\n", cancel);
        return fixture;
    }
}
