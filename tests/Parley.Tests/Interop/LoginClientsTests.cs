using System.Text;
using System.Text.RegularExpressions;
using Parley.Tests.Shared;

namespace Parley.Tests.Interop;

/// <summary>Real clients log in and submit, with STARTTLS on one port and implicit TLS on the other, against one server.</summary>
public sealed class LoginClientsTests : IClassFixture<LoginClientsTests.Submission>
{
    private const string User = "alice@example.org";
    private const string Password = "open sesame";

    private readonly Submission server;

    public LoginClientsTests(Submission server) => this.server = server;

    /// <summary>One server for all of them, with one account that has opted in to CRAM-MD5.</summary>
    public sealed class Submission : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("parley-login-").FullName;
        private readonly TestCertificate certificate;

        public Submission()
        {
            certificate = new TestCertificate(folder);
            (ClientCertificate, ClientKey) = certificate.ForClient(User);
            using var tool = new RunningProgram();
            var password = tool.Write("password.txt", Password + "\n");
            var data = Path.Combine(folder, "data");
            var added = tool.Run("user", "add", User, "--address", User, "--password-file", password, "--cram-md5", "--data", data);
            Assert.True(added.ExitCode == 0, added.Error);
            Parley = new ServingProgram($$"""
                {
                  "hostname": "localhost",
                  "listeners": [{ "address": "127.0.0.1:0", "role": "submission" }, { "address": "127.0.0.1:0", "role": "submission", "tls": "implicit" }],
                  "tls": { "certificateFile": "{{certificate.CertificateFile}}", "keyFile": "{{certificate.KeyFile}}", "clientCaFile": "{{certificate.AuthorityFile}}" },
                  "domains": { "example.org": { "mailboxes": ["alice"] } }
                }
                """, "--data", data);
        }

        internal ServingProgram Parley { get; }

        public string Authority => certificate.AuthorityFile;

        public string ClientCertificate { get; }

        public string ClientKey { get; }

        public void Dispose()
        {
            Parley.Dispose();
            certificate.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private int StartTlsPort => server.Parley.Smtp[0].Port;

    private int ImplicitPort => server.Parley.Smtp[1].Port;

    [Theory]
    [InlineData("PLAIN", false)]
    [InlineData("LOGIN", false)]
    [InlineData("CRAM-MD5", false)]
    [InlineData("PLAIN", true)]
    [InlineData("LOGIN", true)]
    public async Task Swaks_submits(string mechanism, bool implicitTls)
    {
        Peer.Need("swaks", "swaks");
        var before = (await server.Parley.Messages()).Count;
        var (code, output) = await Peer.Run("swaks", null, "--server", "127.0.0.1", "--port", Peer.Text(implicitTls ? ImplicitPort : StartTlsPort),
            implicitTls ? "--tls-on-connect" : "--tls", "--auth", mechanism, "--auth-user", User, "--auth-password", Password,
            "--from", User, "--to", User, "--helo", "client.example.net");
        Assert.True(code == 0, output);
        Assert.Contains("235 2.7.0 Logged in", output, StringComparison.Ordinal);
        Assert.Equal(before + 1, (await server.Parley.Messages()).Count);
        if (mechanism == "PLAIN" && !implicitTls)
        {
            Golden.Check("tests/Parley.Tests/Interop/swaks-plain.golden", Stable(output));
        }
    }

    // What changes from run to run: ports, ids, dates, secrets in base64.
    private static string Stable(string transcript)
    {
        var patience = TimeSpan.FromSeconds(60);
        var text = Regex.Replace(transcript, @"127\.0\.0\.1:\d+", "127.0.0.1:PORT", RegexOptions.None, patience);
        text = Regex.Replace(text, "accepted as [0-9a-z]{12}", "accepted as ID", RegexOptions.None, patience);
        text = Regex.Replace(text, "(?m)^ ~> (?<name>Date|Message-Id|X-Mailer): .*$", " ~> ${name}: …", RegexOptions.None, patience);
        text = Regex.Replace(text, "(?m)^ ~> This is a test mailing.*$", " ~> …", RegexOptions.None, patience);
        text = Regex.Replace(text, "(?m)^ ~> Subject: .*$", " ~> Subject: …", RegexOptions.None, patience);
        return Regex.Replace(text, "(?m)^=== TLS (?<name>started|peer|no).*$", "=== TLS ${name} …", RegexOptions.None, patience);
    }

    [Theory]
    [InlineData("PLAIN", false)]
    [InlineData("LOGIN", false)]
    [InlineData("CRAM-MD5", false)]
    [InlineData("PLAIN", true)]
    public async Task Curl_submits(string mechanism, bool implicitTls)
    {
        Peer.Need("curl", "curl");
        var file = Path.Combine(server.Parley.Folder, $"curl-{mechanism}-{implicitTls}.eml");
        await File.WriteAllTextAsync(file, "From: alice@example.org\r\nSubject: by curl\r\n\r\nHello.\r\n", TestContext.Current.CancellationToken);
        var url = implicitTls ? $"smtps://localhost:{ImplicitPort}/client.example.net" : $"smtp://localhost:{StartTlsPort}/client.example.net";
        var (code, output) = await Peer.Run("curl", null, "-sS", url, "--ssl-reqd", "--cacert", server.Authority, "--login-options", "AUTH=" + mechanism,
            "--user", $"{User}:{Password}", "--mail-from", User, "--mail-rcpt", User, "--upload-file", file);
        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Smtplib_submits(bool implicitTls)
    {
        Peer.Need("python3", "python3");
        var (code, output) = await Peer.Run("python3", $"""
            import smtplib, ssl
            context = ssl.create_default_context(cafile="{server.Authority}")
            {(implicitTls
                ? $"s = smtplib.SMTP_SSL('localhost', {ImplicitPort}, context=context)"
                : $"s = smtplib.SMTP('localhost', {StartTlsPort}); s.starttls(context=context)")}
            for mechanism in ("auth_plain", "auth_login", "auth_cram_md5"):
                s.ehlo()
                s.user, s.password = "{User}", "{Password}"
                name = mechanism[5:].replace("_", "-").upper()
                print(name, s.auth(name, getattr(s, mechanism)))
                s.sendmail("{User}", ["{User}"], "From: {User}\r\n\r\nHello\r\n")
                s.quit()
                s = smtplib.SMTP_SSL('localhost', {ImplicitPort}, context=context)
            try:
                s.login("{User}", "wrong")
                print("a wrong password was taken")
            except smtplib.SMTPAuthenticationError as refused:
                print(refused.smtp_code, refused.smtp_error.decode())
            """, "-");
        Assert.True(code == 0, output);
        Assert.Equal(3, Regex.Count(output, "235", RegexOptions.None, TimeSpan.FromSeconds(60)));
        Assert.Contains("535 5.7.8 User or password is wrong", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("scram-sha-256", false)]
    [InlineData("scram-sha-256", true)]
    [InlineData("login", true)]
    public async Task Msmtp_submits(string mechanism, bool implicitTls)
    {
        Peer.Need("msmtp", "msmtp");
        var (code, output) = await Peer.Run("msmtp", "From: alice@example.org\r\nSubject: by msmtp\r\n\r\nHello.\r\n",
            "--host=localhost", $"--port={(implicitTls ? ImplicitPort : StartTlsPort)}", "--tls=on", $"--tls-starttls={(implicitTls ? "off" : "on")}",
            $"--tls-trust-file={server.Authority}", $"--auth={mechanism}", $"--user={User}", $"--passwordeval=echo '{Password}'", $"--from={User}", User);
        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("CRAM-MD5")]
    [InlineData("SCRAM-SHA-1", "--no-cb")]
    [InlineData("SCRAM-SHA-256", "--no-cb")]
    [InlineData("SCRAM-SHA-1-PLUS")]
    [InlineData("SCRAM-SHA-256-PLUS")]
    public async Task Gsasl_logs_in(string mechanism, params string[] flags)
    {
        Peer.Need("gsasl", "gsasl");
        var (code, output) = await Peer.Run("gsasl", null, ["--smtp", "--starttls", $"--x509-ca-file={server.Authority}",
            $"--mechanism={mechanism}", $"--authentication-id={User}", $"--password={Password}", "--quality-of-protection=qop-auth", .. flags,
            "localhost", Peer.Text(StartTlsPort)]);
        Assert.True(code == 0 && output.Contains("235 2.7.0", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task Openssl_speaks_by_hand_and_a_client_certificate_logs_in()
    {
        Peer.Need("openssl", "openssl");
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{User}\0{Password}"));
        var dialogue = $"EHLO client.example.net\r\nAUTH PLAIN {plain}\r\nQUIT\r\n";
        string[] trust = ["-CAfile", server.Authority, "-verify_return_error", "-quiet", "-crlf", "-ign_eof"];
        var (_, implicitTls) = await Peer.Run("openssl", dialogue.ReplaceLineEndings("\n"), ["s_client", "-connect", $"localhost:{ImplicitPort}", .. trust]);
        Assert.Contains("235 2.7.0", implicitTls, StringComparison.Ordinal);
        Assert.Contains("221 2.0.0", implicitTls, StringComparison.Ordinal);

        dialogue = "EHLO client.example.net\r\nAUTH EXTERNAL =\r\nQUIT\r\n";
        var (_, external) = await Peer.Run("openssl", dialogue.ReplaceLineEndings("\n"), ["s_client", "-connect", $"localhost:{StartTlsPort}", "-starttls", "smtp",
            "-cert", server.ClientCertificate, "-key", server.ClientKey, .. trust]);
        Assert.Contains("EXTERNAL", external, StringComparison.Ordinal);
        Assert.Contains("235 2.7.0", external, StringComparison.Ordinal);
    }
}
