using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Configuration;

public class CheckTests
{
    [Theory]
    [InlineData("127.0.0.1:25", "127.0.0.1:25")]
    [InlineData("0.0.0.0:25", "127.0.0.1:25")]
    [InlineData("[::1]:25", "[::]:25")]
    public void Two_listeners_cannot_share_an_address(string first, string second) =>
        Assert.Contains(
            Load.Faults($$"""{ "listeners": [ { "address": "{{first}}" }, { "address": "{{second}}" } ] }"""),
            f => f.Contains($"listeners[1].address: {second} is taken by listeners[0].address; give each its own", StringComparison.Ordinal));

    [Fact]
    public void A_listener_cannot_take_the_address_of_http() =>
        Assert.Contains("127.0.0.1:8025 is taken by http.address", Load.Fault("""{ "listeners": [ { "address": "127.0.0.1:8025" } ] }"""), StringComparison.Ordinal);

    [Fact]
    public void Port_0_and_other_families_do_not_collide() =>
        Load.Good("""{ "listeners": [ { "address": "127.0.0.1:0" }, { "address": "127.0.0.1:0" }, { "address": "127.0.0.1:26" }, { "address": "[::1]:26" } ] }""");

    [Theory]
    [InlineData("certificateFile", "keyFile")]
    [InlineData("keyFile", "certificateFile")]
    public void A_certificate_and_its_key_come_together(string given, string missing)
    {
        using var folder = new ConfigFolder();
        folder.Write("x.pem", "");

        Assert.Equal(
            [$"parley.json:1:{16 + given.Length}: error: tls.{given}: there is no tls.{missing} with it; set tls.{missing}, or take tls.{given} out"],
            folder.Faults($$"""{ "tls": { "{{given}}": "x.pem" } }"""));
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_is_warned_about()
    {
        using var folder = new ConfigFolder();
        folder.Write("cert.pem", "not a certificate");
        folder.Write("key.pem", "not a key");

        var result = folder.Load("""{ "tls": { "certificateFile": "cert.pem", "keyFile": "key.pem" } }""");

        Assert.NotNull(result.Settings);
        Assert.EndsWith("cannot be used as certificate and key", Assert.Single(result.Faults).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_certificate_makes_starttls_the_default()
    {
        using var folder = new ConfigFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=mx.example.org", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        folder.Write("cert.pem", certificate.ExportCertificatePem());
        folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());

        var result = folder.Load("""
            { "hostname": "mx.example.org", "domains": { "example.org": {} }, "listeners": [ { "address": "127.0.0.1:25" }, { "address": "127.0.0.1:465", "tls": "implicit", "role": "submission" } ],
              "tls": { "certificateFile": "cert.pem", "keyFile": "key.pem" } }
            """);

        Assert.Empty(result.Faults);
        Assert.Equal([Server.Configuration.ListenerTls.StartTls, Server.Configuration.ListenerTls.Implicit], result.Settings!.Listeners.Select(l => l.Tls));
    }

    [Theory]
    [InlineData("0.0.0.0:25", "mx", true)]
    [InlineData("0.0.0.0:587", "submission", false)]
    public void TLS_cannot_be_demanded_on_the_port_of_an_MX(string address, string role, bool isWarned) =>
        Assert.Equal(isWarned, Load.Faults($$"""
            { "hostname": "a.b", "domains": { "example.org": {} }, "listeners": [ { "address": "{{address}}", "role": "{{role}}", "tls": "required" } ] }
            """).Any(f => f.Contains("warning: listeners[0].tls: servers without TLS cannot deliver mail here", StringComparison.Ordinal)));

    [Fact]
    public void A_listener_with_TLS_needs_a_certificate() =>
        Assert.Contains(
            Load.Faults("""{ "hostname": "a.b", "domains": { "example.org": {} }, "listeners": [ { "address": "127.0.0.1:465", "tls": "implicit" } ] }"""),
            f => f.EndsWith("listeners[0].tls: there is no certificate for it; set tls.certificateFile and tls.keyFile, or set tls to \"none\"", StringComparison.Ordinal));

    [Fact]
    public void A_submission_listener_on_which_nobody_can_log_in_is_warned_about() =>
        Assert.Contains(
            "warning: listeners[0].auth: nobody can log in here",
            Load.Fault("""{ "hostname": "a.b", "domains": { "example.org": {} }, "listeners": [ { "address": "127.0.0.1:587", "role": "submission" } ] }"""),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("192.0.2.1:587", true)]
    [InlineData("127.0.0.1:587", false)]
    public void A_login_that_could_cross_the_network_in_clear_is_warned_about(string address, bool isWarned) =>
        Assert.Equal(isWarned, Load.Faults($$"""
            { "listeners": [ { "address": "{{address}}", "role": "submission" } ], "tls": { "allowPlaintextAuth": true } }
            """).Any(f => f.Contains("warning: tls.allowPlaintextAuth: passwords may cross the network in clear at 192.0.2.1:587", StringComparison.Ordinal)));

    [Theory]
    [InlineData(""" "info": ["info"] """, "info@example.org → info@example.org")]
    [InlineData(""" "a": ["b"], "b": ["A@EXAMPLE.org"] """, "a@example.org → b@example.org → A@EXAMPLE.org")]
    [InlineData(""" "a": ["bob", "b+x"], "b": ["c"], "c": ["a"] """, "a@example.org → b+x@example.org → c@example.org → a@example.org")]
    public void An_alias_that_leads_back_to_itself_is_an_error(string aliases, string loop) =>
        Assert.Contains(
            Load.Faults($$"""{ "hostname": "a.b", "domains": { "example.org": { "mailboxes": ["bob"], "aliases": { {{aliases}} } } } }"""),
            f => f.Contains("the alias leads back to itself: " + loop + ";", StringComparison.Ordinal));

    [Fact]
    public void An_alias_may_lead_to_an_alias_of_another_domain() =>
        Load.Good("""
            { "hostname": "a.b", "domains": {
              "example.org": { "aliases": { "sales": ["sales@example.net"] } },
              "example.net": { "mailboxes": ["alice"], "aliases": { "sales": ["alice", "bob@elsewhere.test"] } } } }
            """);

    [Fact]
    public void A_chain_of_aliases_without_end_in_sight_is_an_error()
    {
        var aliases = string.Join(",", Enumerable.Range(0, 17).Select(i => $"\"a{i}\": [\"a{i + 1}\"]"));

        Assert.Contains(
            Load.Faults($$"""{ "hostname": "a.b", "domains": { "example.org": { "mailboxes": ["a17"], "aliases": { {{aliases}} } } } }"""),
            f => f.Contains("aliases[\"a0\"]: the alias leads through more than 16 others; end it in a mailbox", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chain_of_sixteen_aliases_is_good()
    {
        var aliases = string.Join(",", Enumerable.Range(0, 16).Select(i => $"\"a{i}\": [\"a{i + 1}\"]"));

        Assert.Empty(Load.Faults($$"""{ "hostname": "a.b", "domains": { "example.org": { "mailboxes": ["a16"], "aliases": { {{aliases}} } } } }"""));
    }

    [Fact]
    public void Names_that_lead_nowhere_or_twice_are_told()
    {
        var faults = Load.Faults("""
            { "hostname": "a.b", "domains": { "example.org": {
                "mailboxes": ["bob"],
                "aliases": { "Bob": ["bob"], "team": ["bob", "eve"], "TEAM": ["bob"] } },
              "example.net": { "catchAll": "nobody" }, "EXAMPLE.ORG": {} } }
            """);

        Assert.Contains(faults, f => f.Contains("error: domains[\"example.org\"].aliases[\"Bob\"]: \"Bob\" is a mailbox as well;", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("warning: domains[\"example.org\"].aliases[\"team\"]: nobody takes mail for eve@example.org;", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("error: domains[\"example.org\"].aliases[\"TEAM\"]: the alias is given twice", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("error: domains[\"example.net\"].catchAll: nobody@example.net is neither a mailbox nor an alias;", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("error: domains[\"EXAMPLE.ORG\"]: the domain example.org is given twice;", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(""" "smarthost": "h.example", "lmtp": "127.0.0.1:24" """, "error: routes[0].lmtp: the route has a smarthost as well; give it either smarthost or lmtp")]
    [InlineData(""" "tls": "none" """, "error: routes[0].match: the route leads nowhere; give it either smarthost or lmtp")]
    [InlineData(""" "smarthost": "127.0.0.1", "user": "u" """, "error: routes[0].user: there is no passwordFile with it; set passwordFile, or take user out")]
    [InlineData(""" "smarthost": "h.example", "mechanism": "PLAIN" """, "error: routes[0].mechanism: there is no user to log in; set user and passwordFile, or take mechanism out")]
    public void A_route_that_contradicts_itself_is_an_error(string rest, string expected) =>
        Assert.EndsWith(expected, Load.Fault($$"""{ "hostname": "a.b", "routes": [ { "match": "*", {{rest}} } ] }"""), StringComparison.Ordinal);

    [Fact]
    public void A_password_for_a_smarthost_wants_TLS()
    {
        using var folder = new ConfigFolder();
        folder.Write("p", "secret");
        const string Route = """{ "hostname": "a.b", "routes": [ { "match": "*", "smarthost": "HOST", "user": "u", "passwordFile": "p", "tls": "TLS" } ] }""";

        Assert.Equal(
            ["parley.json:1:121: warning: routes[0].tls: the password for h.example:587 could cross the network in clear; set tls to \"required\""],
            folder.Faults(Route.Replace("HOST", "h.example:587", StringComparison.Ordinal).Replace("TLS", "none", StringComparison.Ordinal)));
        Assert.Empty(folder.Faults(Route.Replace("HOST", "h.example:587", StringComparison.Ordinal).Replace("TLS", "required", StringComparison.Ordinal)));
        Assert.Empty(folder.Faults(Route.Replace("HOST", "127.0.0.1:587", StringComparison.Ordinal).Replace("TLS", "none", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_route_behind_one_for_every_domain_is_never_reached() =>
        Assert.Contains("warning: routes[1].match:", Load.Fault("""{ "hostname": "a.b", "routes": [ { "match": "*", "smarthost": "h" }, { "match": "x.test", "smarthost": "h" } ] }"""), StringComparison.Ordinal);

    [Fact]
    public void Passwords_in_clear_and_addresses_elsewhere_are_warned_about_and_broken_keys_refused()
    {
        using var folder = new ConfigFolder();
        folder.Write("clear", "hunter2\n");
        folder.Write("broken", "{SCRAM-SHA-256}4096$c2FsdA==:c3RvcmVk:c2VydmVy\n");
        folder.Write("empty", "\nhunter2\n");
        folder.Write("bell", "hunter2\a\n");
        folder.Write("keys", ScramKeys.TryDerive(ScramHash.Sha256, "open-sesame"u8, "0123456789abcdef"u8)!.Format() + "\n");

        var faults = folder.Faults("""
            { "hostname": "a.b", "listeners": [ { "address": "127.0.0.1:587", "role": "submission" } ], "tls": { "allowPlaintextAuth": true },
              "domains": { "example.org": { "mailboxes": ["alice"] } },
              "users": {
                "alice": { "passwordFile": "keys", "addresses": ["alice@example.org", "alice@EXAMPLE.ORG"] },
                "bob": { "passwordFile": "clear", "addresses": ["bob@example.net"] },
                "carol": { "passwordFile": "broken" },
                "dave": { "passwordFile": "empty" },
                "eve@example.org": {},
                "frank": { "passwordFile": "bell" } } }
            """);

        Assert.Equal(
        [
            "parley.json:5:30: warning: users[\"bob\"].passwordFile: the file holds the password in clear; put SCRAM keys there, or use `parley user add` and take the user out of here",
            "parley.json:5:52: warning: users[\"bob\"].addresses: bob@example.net is in none of the domains; add the domain, or take the address out",
            "parley.json:6:32: error: users[\"carol\"].passwordFile: the file holds SCRAM keys that cannot be read; write \"{SCRAM-SHA-256}iterations$salt:stored:server\", iterations from 4096, the others in base64",
            "parley.json:7:31: error: users[\"dave\"].passwordFile: empty does not begin with a line of text; write the secret into its first line, in UTF-8",
            "parley.json:8:24: error: users[\"eve@example.org\"].passwordFile: missing; add it: write the path of a file that the server may read (relative to the folder of the configuration file)",
            "parley.json:9:32: error: users[\"frank\"].passwordFile: nobody can log in with this password: it holds a control character, mixes writing directions or is longer than 1024 octets; take another",
        ],
        faults);
        Assert.DoesNotContain(faults, f => f.Contains("hunter2", StringComparison.Ordinal) || f.Contains("c3RvcmVk", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "domains": { "example.org": {} } }""", "hostname: the server calls itself \"box\"")]
    [InlineData("""{ "limits": { "recipients": 99 } }""", "limits.recipients: RFC 5321 §4.5.3.1.8 asks for at least 100")]
    [InlineData("""{ "limits": { "messageBytes": 1000 } }""", "limits.messageBytes: RFC 5321 §4.5.3.1.7 asks for at least 65536")]
    [InlineData("""{ "delivery": { "giveUpAfter": "1h" } }""", "delivery.warnAfter: delivery is given up before it is warned about")]
    [InlineData("""{ "hostname": "a.b", "trustedNetworks": ["0.0.0.0/0"] }""", "trustedNetworks: 0.0.0.0/0 makes this an open relay")]
    [InlineData("""{ "oauth": { "issuer": "https://login.example.org/" } }""", "oauth.issuer: without oauth.audience a token")]
    [InlineData("""{ "listeners": [ { "address": "127.0.0.1:0", "auth": "off", "mechanisms": ["plain"] } ] }""", "listeners[0].mechanisms: nobody logs in here")]
    public void What_is_unwise_is_warned_about_and_runs(string json, string expected)
    {
        Assert.Contains(Load.Faults(json), f => f.Contains(" warning: " + expected, StringComparison.Ordinal));
        Assert.NotNull(Load.Of(json).Settings);
    }

    [Fact]
    public void Keys_of_an_unnamed_issuer_are_an_error()
    {
        using var folder = new ConfigFolder();
        folder.Write("jwks.json", "{}");

        Assert.Contains("there is no oauth.issuer with it", Assert.Single(folder.Faults("""{ "oauth": { "keysFile": "jwks.json" } }"""), f => f.Contains(" error: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
