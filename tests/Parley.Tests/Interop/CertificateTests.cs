using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Parley.Tests.Interop;

public sealed class CertificateTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("parley-cert-").FullName;
    private readonly TestCertificate certificate;
    private readonly ServingProgram parley;

    public CertificateTests()
    {
        certificate = new TestCertificate(folder);
        parley = new ServingProgram($$"""
            {
              "hostname": "localhost",
              "listeners": [{ "address": "127.0.0.1:0", "role": "submission", "tls": "implicit" }, { "address": "127.0.0.1:0", "role": "mx" }],
              "tls": { "certificateFile": "{{certificate.CertificateFile}}", "keyFile": "{{certificate.KeyFile}}" },
              "domains": { "example.org": { "mailboxes": ["alice"] } }
            }
            """);
    }

    public void Dispose()
    {
        parley.Dispose();
        certificate.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<(SslStream Stream, string Serial)> Connect()
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(parley.Smtp[0]);
        var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            AllowTlsResume = false,
        });
        return (stream, ((X509Certificate2)stream.RemoteCertificate!).SerialNumber);
    }

    private async Task<string> Serial()
    {
        var (stream, serial) = await Connect();
        await stream.DisposeAsync();
        return serial;
    }

    private static async Task Until(Func<Task<bool>> holds, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, what);
            await Task.Delay(100, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_new_certificate_is_served_to_the_next_connection_and_a_broken_one_keeps_the_old()
    {
        var first = certificate.Serial;
        var (open, served) = await Connect();
        Assert.Equal(first, served);

        certificate.Issue();
        Assert.NotEqual(first, certificate.Serial);
        await Until(async () => await Serial() == certificate.Serial, "the new certificate was not served");

        // The session that was open goes on as it was.
        await open.WriteAsync(Encoding.ASCII.GetBytes("EHLO client.example.net\r\n"));
        var buffer = new byte[4096];
        Assert.True(await open.ReadAsync(buffer) > 0);
        await open.DisposeAsync();

        using var well = await parley.Http.GetAsync(new Uri("readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);

        await File.WriteAllTextAsync(certificate.CertificateFile, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        await Until(async () => (await Ready()).Contains("cannot be used", StringComparison.Ordinal), "/readyz did not say that the certificate is broken");
        Assert.Equal(certificate.Serial, await Serial());

        certificate.Issue();
        await Until(async () => await Serial() == certificate.Serial, "the mended certificate was not served");
        await Until(async () => !(await Ready()).Contains("cannot be used", StringComparison.Ordinal), "/readyz still complains");
    }

    private async Task<string> Ready()
    {
        using var answer = await parley.Http.GetAsync(new Uri("readyz", UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task What_is_sent_in_clear_behind_STARTTLS_is_thrown_away()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(parley.Smtp[1]);
        var clear = tcp.GetStream();
        var buffer = new byte[4096];
        _ = await clear.ReadAsync(buffer);
        await clear.WriteAsync(Encoding.ASCII.GetBytes("EHLO evil.example\r\n"));
        var seen = "";
        while (!seen.Contains("250 LIMITS", StringComparison.Ordinal))
        {
            seen += Encoding.ASCII.GetString(buffer, 0, await clear.ReadAsync(buffer));
        }

        // One packet: the command, and what an attacker in the middle would like to see inside TLS (CVE-2011-0411).
        await clear.WriteAsync(Encoding.ASCII.GetBytes("STARTTLS\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<alice@example.org>\r\nNOOP\r\n"));
        var answer = Encoding.ASCII.GetString(buffer, 0, await clear.ReadAsync(buffer));
        Assert.Equal("220 2.0.0 Ready to start TLS\r\n", answer);
        var stream = new SslStream(clear);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true });

        // The first words inside TLS answer the first words inside TLS, and nothing is known of before.
        await stream.WriteAsync(Encoding.ASCII.GetBytes("DATA\r\n"));
        Assert.StartsWith("503 5.5.1 Send EHLO first", Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)), StringComparison.Ordinal);
    }
}
