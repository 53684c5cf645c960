using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Server.Accounts;
using Parley.Server.Listening;
using Parley.Server.Tests.Queue;
using Parley.Smtp;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

/// <summary>Logins over real TLS connections against a whole server.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private X509Certificate2 authority = null!;
    private TestServer server = null!;

    public static TheoryData<string, SslProtocols, string> Bindings => new()
    {
        { "SCRAM-SHA-256-PLUS", SslProtocols.Tls13, ChannelBinding.Exporter },
        { "SCRAM-SHA-256-PLUS", SslProtocols.Tls12, ChannelBinding.Exporter },
        { "SCRAM-SHA-256-PLUS", SslProtocols.Tls13, ChannelBinding.ServerEndPoint },
        { "SCRAM-SHA-1-PLUS", SslProtocols.Tls12, ChannelBinding.ServerEndPoint },
    };

    public async ValueTask InitializeAsync()
    {
        var request = new CertificateRequest("CN=our authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
        await File.WriteAllTextAsync(folder["ca.pem"], authority.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["cert.pem"], authority.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
        server = await TestServer.FromText($$"""
            {
              "hostname": "mx.example.org",
              "listeners": [
                { "address": "127.0.0.1:0", "role": "submission" },
                { "address": "127.0.0.1:0", "role": "submission", "tls": "implicit" },
                { "address": "127.0.0.1:0", "role": "submission", "auth": "optional" },
                { "address": "127.0.0.1:0", "role": "mx", "auth": "optional" }
              ],
              "http": { "address": null },
              "tls": { "certificateFile": "{{folder["cert.pem"]}}", "keyFile": "{{folder["key.pem"]}}", "clientCaFile": "{{folder["ca.pem"]}}" },
              "domains": { "example.org": { "mailboxes": ["alice"] } }
            }
            """, new StoppedStopwatch());
        await server.Accounts.Add(People.Alice, default);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        authority.Dispose();
        key.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task SCRAM_is_bound_to_its_connection(string mechanism, SslProtocols protocol, string type)
    {
        var binding = await ChannelBinding.Probe(default);
        type = binding.HasExporter ? type : ChannelBinding.ServerEndPoint;
        await using var client = await Connect(protocol);
        Assert.Equal("SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN LOGIN", client.Offered);
        Assert.StartsWith("535 5.7.8 ", await client.Login(mechanism, "alice", "wrong", (binding, type)), StringComparison.Ordinal);
        Assert.StartsWith("235 2.7.0 ", await client.Login(mechanism, "alice", People.Password, (binding, type)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mechanism_of_a_password_logs_in()
    {
        foreach (var mechanism in new[] { "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN" })
        {
            await using var client = await Connect();
            Assert.StartsWith("235 2.7.0 ", await client.Login(mechanism, "alice", People.Password), StringComparison.Ordinal);
            Assert.StartsWith("503 5.5.1 ", await client.Say("AUTH PLAIN"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_next_connection_is_offered_what_an_account_opted_in_to()
    {
        await using var before = await Connect();
        Assert.DoesNotContain("CRAM-MD5", before.Offered, StringComparison.Ordinal);
        await server.Accounts.Add(People.Make("old-device") with { ReadableSecret = Secret.FromText(People.Password) }, default);
        await using var client = await Connect();
        Assert.EndsWith(" CRAM-MD5", client.Offered, StringComparison.Ordinal);
        Assert.StartsWith("235 2.7.0 ", await client.Login("CRAM-MD5", "old-device", People.Password), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AccountState.Disabled, false, "525 5.7.13 ")]
    [InlineData(AccountState.MustChangePassword, false, "432 4.7.12 ")]
    [InlineData(AccountState.Active, true, "534 5.7.9 ")]
    public async Task What_stands_in_an_accounts_way_is_told_to_who_has_the_password(AccountState state, bool scramOnly, string reply)
    {
        await server.Accounts.Replace(People.Alice with { State = state, ScramOnly = scramOnly }, default);
        await using var client = await Connect();
        Assert.StartsWith("535 5.7.8 ", await client.Login("PLAIN", "alice", "wrong"), StringComparison.Ordinal);
        Assert.StartsWith(reply, await client.Login("PLAIN", "alice", People.Password), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_counts_from_the_next_login()
    {
        await using var client = await Connect();
        var changed = NewPassword.TrySet(People.Alice, "another"u8, keepReadable: false, out _)!;
        await server.Accounts.Replace(changed, default);
        Assert.StartsWith("535 ", await client.Login("SCRAM-SHA-256", "alice", People.Password), StringComparison.Ordinal);
        Assert.StartsWith("235 ", await client.Login("SCRAM-SHA-256", "alice", "another"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice@example.org")]
    [InlineData("")]
    public async Task An_account_that_is_switched_off_sends_no_more_on_its_old_login(string sender)
    {
        await using var client = await Connect();
        Assert.StartsWith("235 ", await client.Login("PLAIN", "alice", People.Password), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.Say($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.Say("RSET"), StringComparison.Ordinal);
        await server.Accounts.Replace(People.Alice with { State = AccountState.Disabled }, default);
        Assert.StartsWith("525 5.7.13 ", await client.Say($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
        await server.Accounts.Remove("alice", default);
        Assert.StartsWith("525 5.7.13 ", await client.Say($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_the_configured_authority_is_a_credential()
    {
        using var alice = Issue("alice@example.org");
        await using var client = await Connect(certificate: alice);
        Assert.Contains(" EXTERNAL ", client.Offered, StringComparison.Ordinal);
        Assert.StartsWith("235 ", await client.Login("EXTERNAL", "", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_servers_is_none()
    {
        using var host = Issue("alice@example.org", "1.3.6.1.5.5.7.3.1");
        await using var client = await Connect(certificate: host);
        Assert.DoesNotContain("EXTERNAL", client.Offered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_anybody_else_is_none()
    {
        using var strange = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=alice", strange, HashAlgorithmName.SHA256);
        using var selfSigned = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var client = await Connect(certificate: selfSigned);
        Assert.DoesNotContain("EXTERNAL", client.Offered, StringComparison.Ordinal);
        Assert.StartsWith("504 5.5.4 ", await client.Say("AUTH EXTERNAL ="), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_from_one_address_is_refused_and_another_goes_on()
    {
        await using var early = await Connect();
        await Flood();
        Assert.StartsWith("421 4.7.0 ", await early.Login("PLAIN", "alice", People.Password), StringComparison.Ordinal);
        Assert.Equal("(closed)", await early.Say("NOOP"));
        await using var other = await Connect(from: "127.0.0.2");
        Assert.StartsWith("235 ", await other.Login("PLAIN", "alice", People.Password), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Where_nothing_is_done_without_a_login_a_flood_is_refused_in_place_of_the_greeting(int listener, bool implicitTls)
    {
        await Flood();
        await using var refused = await LoginClient.Connect(server.Server.Addresses[listener], implicitTls: implicitTls);
        Assert.Equal(Encoding.ASCII.GetString(Replies.TooManyLoginsClosing.Wire.Span).TrimEnd(), refused.Greeting);
        await using var other = await LoginClient.Connect(server.Server.Addresses[listener], "127.0.0.2", implicitTls);
        Assert.StartsWith("220 ", other.Greeting, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Where_mail_is_taken_without_a_login_only_the_login_is_refused(int listener)
    {
        await Flood();
        await using var client = await LoginClient.Connect(server.Server.Addresses[listener]);
        await client.StartTls();
        Assert.StartsWith("250 ", await client.Say("MAIL FROM:<carol@example.net>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.Say("RCPT TO:<alice@example.org>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.Say("RSET"), StringComparison.Ordinal);
        Assert.StartsWith("421 4.7.0 ", await client.Login("PLAIN", "alice", People.Password), StringComparison.Ordinal);
    }

    private async Task Flood()
    {
        var limit = new LoginLimitSettings().PerAddress;
        await Parallel.ForAsync(0, limit, new ParallelOptions { MaxDegreeOfParallelism = limit }, async (i, _) =>
        {
            await using var flooder = await Connect();
            Assert.StartsWith("535 ", await flooder.Login("SCRAM-SHA-256", $"name{i}", "wrong"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task The_journal_holds_no_secret()
    {
        await using (var client = await Connect())
        {
            await client.Login("LOGIN", "alice", People.Password);
            await client.Say("QUIT");
        }

        var page = await server.Server.Sessions.List(null, 10, default);
        var transcript = (await server.Server.Sessions.Find(page.Sessions[0].Id, default))!;
        var text = string.Join('\n', transcript.Lines.Select(line => line.Text));
        Assert.Contains("AUTH LOGIN", text, StringComparison.Ordinal);
        Assert.DoesNotContain(StrictBase64.Encode("open-sesame"u8), text, StringComparison.Ordinal);
        Assert.Equal("alice", page.Sessions[0].User);
    }

    // "\t" parts its words for some; others leave the mechanism out.
    [Theory]
    [InlineData("AUTH PLAIN\tAGFsaWNlAG9wZW4=", "AUTH ****")]
    [InlineData("AUTH AGFsaWNlAG9wZW4tc2VzYW1l", "AUTH ****")]
    [InlineData("AUTH AGFsaWNlAG9wZW4=", "AUTH ****")]
    [InlineData("AUTH  PLAIN AGFsaWNlAG9wZW4=", "AUTH ****")]
    [InlineData("AUTH plain AGFsaWNlAG9wZW4=", "AUTH plain ****")]
    [InlineData("AUTH NTLM", "AUTH NTLM")]
    [InlineData("AUTH SCRAM-SHA-256-PLUS", "AUTH SCRAM-SHA-256-PLUS")]
    public async Task What_follows_AUTH_is_kept_only_as_a_mechanisms_name(string line, string kept)
    {
        await using (var client = await Connect())
        {
            await client.Say(line);
            await client.Say("*");
        }

        var page = await server.Server.Sessions.List(null, 10, default);
        var transcript = (await server.Server.Sessions.Find(page.Sessions[0].Id, default))!;
        Assert.Contains(kept, transcript.Lines.Select(one => one.Text));
    }

    // No failure is forgiven while a test runs, however long the machine takes.
    private sealed class StoppedStopwatch : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private async Task<LoginClient> Connect(
        SslProtocols protocol = SslProtocols.None, X509Certificate2? certificate = null, string from = "127.0.0.1")
    {
        var client = await LoginClient.Connect(server.Server.Addresses[0], from);
        Assert.Equal("", client.Offered);
        await client.StartTls(protocol, certificate);
        return client;
    }

    private X509Certificate2 Issue(string address, string? usage = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=someone", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress(address);
        request.CertificateExtensions.Add(names.Build());
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        using var pair = signed.CopyWithPrivateKey(own);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }
}
