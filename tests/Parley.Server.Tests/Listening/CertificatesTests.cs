using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Configuration;
using Parley.Server.Listening;
using Parley.Server.Tests.Delivery;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Listening;

public sealed class CertificatesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly X509Certificate2 first = TestCertificate.For("mx.example.org");
    private readonly X509Certificate2 second = TestCertificate.For("mail.example.net");
    private readonly X509Certificate2 authority = TestCertificate.For("clients.example.org");

    public CertificatesTests()
    {
        Write("first", first);
        Write("second", second);
        File.WriteAllText(folder["clients.pem"], authority.ExportCertificatePem());
    }

    private TlsSettings Settings => new()
    {
        Certificates = [Files("first"), Files("second")],
        ClientCaFile = folder["clients.pem"],
        AllowPlaintextAuth = false,
    };

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("first.pem")]
    [InlineData("second.pem")]
    [InlineData("clients.pem")]
    public void A_file_that_is_broken_is_named_and_all_that_was_in_force_stays(string broken)
    {
        using var certificates = new Certificates(Settings, TimeProvider.System, NullLogger.Instance);
        Assert.Null(certificates.Fault);

        File.WriteAllText(folder[broken], "nonsense");
        certificates.Use(Settings);

        Assert.StartsWith(folder[broken] + " cannot be used: ", certificates.Fault, StringComparison.Ordinal);
        Assert.EndsWith("; mend it, and it is read again at once; until then the certificates of before stay in use", certificates.Fault, StringComparison.Ordinal);
        Assert.NotSame(certificates.Options("mx.example.org"), certificates.Options("mail.example.net"));
        Assert.True(certificates.IsTrusted(authority));
    }

    [Fact]
    public void Where_none_could_be_read_yet_STARTTLS_has_none()
    {
        File.WriteAllText(folder["clients.pem"], "");
        using var certificates = new Certificates(Settings, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(
            folder["clients.pem"] + " cannot be used: it holds no certificate in PEM; mend it, and it is read again at once; until then STARTTLS answers 454",
            certificates.Fault);
        Assert.False(certificates.Usable);
        Assert.False(certificates.IsTrusted(authority));
    }

    private CertificateSettings Files(string name) => new(folder[name + ".pem"], folder[name + ".key"]);

    private void Write(string name, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(folder[name + ".pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder[name + ".key"], key.ExportPkcs8PrivateKeyPem());
    }
}
