using System.Net;
using System.Text;
using Parley.Server.Configuration;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Configuration;

public class SettingsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Without_a_configuration_it_is_the_catcher_on_loopback()
    {
        var result = Settings.Load(new SettingsSources { MachineName = "box" });

        Assert.Empty(result.Faults);
        var settings = result.Settings!;
        Assert.True(settings.IsCatcher);
        Assert.True(settings.AnyCredentialsLogIn);
        Assert.Equal("box", settings.Hostname);
        var listener = Assert.Single(settings.Listeners);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 2525), listener.Address);
        Assert.Equal((ListenerRole.Mx, ListenerTls.StartTls, ListenerAuth.Optional), (listener.Role, listener.Tls, listener.Auth));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8025), settings.Http.Address);
        Assert.Equal((10_000, 1_073_741_824L), (settings.Limits.KeepMessages, settings.Limits.KeepBytes));
    }

    [Fact]
    public void Defaults_are_those_of_the_contract()
    {
        var settings = Load.Good("{}");

        Assert.Equal((52428800L, 1000, 20000, 50, 20), (settings.Limits.MessageBytes, settings.Limits.Recipients, settings.Limits.Connections, settings.Limits.ConnectionsPerAddress, settings.Limits.ErrorsPerSession));
        Assert.Equal((5 * Minute, 10 * Minute), (settings.Limits.CommandTimeout, settings.Limits.DataTimeout));
        Assert.Equal((VrfyAnswer.Neutral, ExpnAnswer.Disabled), (settings.Commands.Vrfy, settings.Commands.Expn));
        Assert.Equal((25, 20, false), (settings.Delivery.Port, settings.Delivery.ConcurrencyPerSite, settings.Delivery.AllowPrivateAddresses));
        Assert.Equal([5 * Minute, 15 * Minute, 30 * Minute, 60 * Minute, 120 * Minute, 240 * Minute], settings.Delivery.Retry);
        Assert.Equal((TimeSpan.FromDays(5), TimeSpan.FromHours(4), Minute), (settings.Delivery.GiveUpAfter, settings.Delivery.WarnAfter, settings.Delivery.Lease));
        Assert.Equal("email", settings.OAuth.UserClaim);
        Assert.Null(settings.Dns.Servers);
        Assert.Null(settings.Maildir);
        Assert.Null(settings.Replies.ExplainUrl);
        Assert.False(settings.Tls.AllowPlaintextAuth);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        var settings = Load.Good("""
            // the front door
            { "hostname": "mx.example.org", /* one */ "limits": { "recipients": 500, }, }
            """);

        Assert.Equal(("mx.example.org", 500), (settings.Hostname, settings.Limits.Recipients));
    }

    [Fact]
    public void With_domains_it_is_a_real_server_whose_mx_asks_nobody_to_log_in()
    {
        var settings = Load.Good("""
            { "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } },
              "listeners": [ { "address": "127.0.0.1:0" }, { "address": "[::1]:0", "role": "submission", "tls": "none" } ],
              "tls": { "allowPlaintextAuth": true } }
            """);

        Assert.False(settings.IsCatcher);
        Assert.Equal([ListenerAuth.Off, ListenerAuth.Required], settings.Listeners.Select(l => l.Auth));
        Assert.Equal([ListenerTls.None, ListenerTls.None], settings.Listeners.Select(l => l.Tls));
    }

    [Theory]
    [InlineData("""{ "routes": [ { "match": "*", "smarthost": "127.0.0.1:2526" } ], "hostname": "a.b" }""")]
    [InlineData("""{ "trustedNetworks": ["192.0.2.0/24"], "hostname": "a.b" }""")]
    public void Who_says_where_mail_goes_has_no_catcher(string json) => Assert.False(Load.Good(json).IsCatcher);

    [Fact]
    public void Users_alone_do_not_let_mail_out_but_other_credentials_are_refused()
    {
        using var folder = new ConfigFolder();
        folder.Write("alice.txt", "open sesame\n");

        var settings = folder.Load("""{ "users": { "alice": { "passwordFile": "alice.txt" } } }""").Settings!;

        Assert.True(settings.IsCatcher);
        Assert.False(settings.AnyCredentialsLogIn);
    }

    [Fact]
    public void A_domain_is_found_in_every_spelling()
    {
        var settings = Load.Good("""{ "hostname": "a.b", "domains": { "Bücher.example": { "mailboxes": ["alice"] } } }""");

        Assert.True(settings.Domains.ContainsKey(MailDomain.Parse("bücher.example")!));
        Assert.True(settings.Domains.ContainsKey(MailDomain.Parse("XN--BCHER-KVA.example")!));
        Assert.Equal("xn--bcher-kva.example", settings.Domains.Values.Single().Name.Ascii);
    }

    [Fact]
    public void Mailboxes_and_aliases_are_found_without_regard_to_case()
    {
        var domain = Load.Good("""
            { "hostname": "a.b", "domains": { "example.org": {
                "mailboxes": ["Alice", "bob"],
                "aliases": { "Info": ["alice", "carol@example.net"] },
                "catchAll": "bob", "subaddressSeparator": null } } }
            """).Domains.Values.Single();

        Assert.True(domain.Mailboxes.TryGetValue("ALICE", out var spelt));
        Assert.Equal("Alice", spelt);
        Assert.Equal(["alice@example.org", "carol@example.net"], domain.Aliases["info"].Select(a => a.ToString()));
        Assert.Equal("bob@example.org", domain.CatchAll?.ToString());
        Assert.Null(domain.SubaddressSeparator);
    }

    [Fact]
    public void Routes_name_a_smarthost_or_an_lmtp_server()
    {
        var routes = Load.Good("""
            { "hostname": "a.b", "routes": [
                { "match": "example.org", "lmtp": "unix:/run/dovecot/lmtp" },
                { "match": "*.Example.net", "lmtp": "127.0.0.1:24", "tls": "none" },
                { "match": "*", "smarthost": "[2001:db8::1]:2526", "tls": "required" } ] }
            """).Routes;

        Assert.Equal(["unix:/run/dovecot/lmtp", "127.0.0.1:24", null], routes.Select(r => r.Lmtp?.ToString()));
        Assert.Equal("[2001:db8::1]:2526", routes[2].Smarthost?.ToString());
        Assert.Equal([RouteTls.Opportunistic, RouteTls.None, RouteTls.Required], routes.Select(r => r.Tls));
        Assert.True(routes[0].Covers(MailDomain.Parse("EXAMPLE.org")!));
        Assert.False(routes[0].Covers(MailDomain.Parse("mail.example.org")!));
        Assert.True(routes[1].Covers(MailDomain.Parse("a.b.example.net")!));
        Assert.False(routes[1].Covers(MailDomain.Parse("example.net")!));
        Assert.True(routes[2].Covers(MailDomain.Parse("anything.test")!));
    }

    [Fact]
    public void Networks_and_resolvers_are_parsed()
    {
        var settings = Load.Good("""
            { "hostname": "a.b", "trustedNetworks": ["192.0.2.0/24", "198.51.100.7", "2001:db8::/32"], "dns": { "servers": ["127.0.0.1:5353", "192.0.2.53", "[::1]:53"] } }
            """);

        Assert.Equal(["192.0.2.0/24", "198.51.100.7/32", "2001:db8::/32"], settings.TrustedNetworks.Select(n => n.ToString()));
        Assert.Equal(["127.0.0.1:5353", "192.0.2.53:53", "[::1]:53"], settings.Dns.Servers!.Select(s => s.ToString()));
    }

    [Fact]
    public void A_secret_comes_from_the_first_line_of_its_file_and_never_shows()
    {
        using var folder = new ConfigFolder();
        folder.Write("secrets/token", "s3cret\nsecond line\n");
        folder.Write("relay.txt", "pass word\r\n");

        var settings = folder.Load("""
            { "hostname": "a.b", "http": { "tokenFile": "secrets/token" },
              "routes": [ { "match": "*", "smarthost": "localhost:25", "user": "u", "passwordFile": "relay.txt", "mechanism": "plain" } ] }
            """).Settings!;

        Assert.Equal("s3cret", Text(settings.Http.Token));
        Assert.Equal("pass word", Text(settings.Routes[0].Password));
        Assert.Equal("PLAIN", settings.Routes[0].Mechanism);
        Assert.DoesNotContain("s3cret", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pass word", settings.Routes[0].ToString(), StringComparison.Ordinal);
    }

    // Every key that outside checks use, with null wherever null is allowed.
    [Fact]
    public void A_configuration_that_names_every_key_has_nothing_to_mend()
    {
        const string Json = """
            {
              "hostname": "mx.example.org",
              "listeners": [
                { "address": "127.0.0.1:2525", "role": "mx" },
                { "address": "127.0.0.1:2587", "role": "submission" },
                { "address": "127.0.0.1:2465", "role": "submission", "tls": "implicit", "mechanisms": ["SCRAM-SHA-256", "PLAIN", "LOGIN"] }
              ],
              "http": { "address": "127.0.0.1:8025", "tokenFile": null },
              "tls": { "certificateFile": "cert.pem", "keyFile": "key.pem", "certificates": [], "clientCaFile": null, "allowPlaintextAuth": false },
              "domains": { "example.org": { "mailboxes": ["alice", "bob"], "aliases": { "info": ["alice", "carol@example.net"] }, "catchAll": null, "subaddressSeparator": "+" } },
              "users": { "alice": { "passwordFile": "alice", "addresses": ["alice@example.org"] } },
              "oauth": { "issuer": null, "audience": null, "keysFile": null, "userClaim": "email" },
              "limits": { "messageBytes": 52428800, "recipients": 1000, "connections": 20000, "connectionsPerAddress": 50, "errorsPerSession": 20, "commandTimeout": "5m", "dataTimeout": "10m",
                "shutdownGrace": "30s", "keepMessages": 10000, "keepBytes": 1000000000 },
              "commands": { "vrfy": "neutral", "expn": "disabled" },
              "replies": { "explainUrl": null },
              "store": { "engine": "sqlite" },
              "maildir": null,
              "dns": { "servers": null },
              "routes": [ { "match": "*", "smarthost": "127.0.0.1:2526", "tls": "none", "user": null, "passwordFile": null, "mechanism": null } ],
              "delivery": { "port": 25, "retry": ["5m", "15m", "30m", "1h", "2h", "4h"], "giveUpAfter": "5d", "warnAfter": "4h", "lease": "60s", "concurrencyPerSite": 20, "allowPrivateAddresses": false },
              "trustedNetworks": []
            }
            """;
        using var folder = new ConfigFolder();
        ExampleFiles.Write(folder, Json);

        Assert.Empty(folder.Faults(Json));
    }

    private static string Text(Secret? secret) => Encoding.UTF8.GetString(secret!.Octets);

    [Fact]
    public void Paths_are_relative_to_the_folder_of_the_configuration_file()
    {
        using var folder = new ConfigFolder();

        Assert.Equal(Path.Combine(folder.Path, "mail"), folder.Load("""{ "maildir": "mail" }""").Settings!.Maildir);
    }
}
