namespace Parley.Server.Tests.Configuration;

public class FaultTests
{
    [Fact]
    public void An_unknown_key_names_the_nearest_known_one() =>
        Assert.Equal(
            "parley.json:2:3: error: hostnam: unknown key; did you mean \"hostname\"?",
            Load.Fault("{\n  \"hostnam\": \"mx.example.org\"\n}"));

    [Fact]
    public void A_key_at_the_wrong_level_names_where_it_belongs() =>
        Assert.StartsWith(
            "parley.json:1:3: error: messageBytes: unknown key; did you mean limits.messageBytes? The keys here are hostname, listeners,",
            Load.Fault("""{ "messageBytes": 1 }"""),
            StringComparison.Ordinal);

    [Fact]
    public void A_key_that_is_like_no_other_lists_those_that_belong_there() =>
        Assert.Equal(
            "parley.json:1:13: error: store.zzzzzzzzzzz: unknown key; the keys here are engine",
            Load.Fault("""{ "store": {"zzzzzzzzzzz": 1 } }"""));

    [Fact]
    public void Every_fault_is_found_in_one_run_from_top_to_bottom()
    {
        var faults = Load.Faults(
            """
            {
              "hostname": "bad host",
              "listeners": [
                { "address": "nowhere", "role": "mux" },
                { "role": "mx" }
              ],
              "limits": { "recipients": 0, "messageBytes": "big",
                "commandTimeout": "5 minutes", "colour": 1 },
              "commands": { "vrfy": "Neutral" },
              "tls": [],
            }
            """,
            ("PARLEY__DELIVERY__PORT", "99999"));

        Assert.Equal(
        [
            "parley.json:2:15: error: hostname: \"bad host\" is not a domain; write a domain name, such as \"example.org\"",
            "parley.json:4:18: error: listeners[0].address: \"nowhere\" has no port; write an IP address and a port, such as \"127.0.0.1:2525\" or \"[::1]:2525\"",
            "parley.json:4:37: error: listeners[0].role: \"mux\" is not known here (did you mean \"mx\"?); write \"mx\" or \"submission\"",
            "parley.json:5:5: error: listeners[1].address: missing; add it: write an IP address and a port, such as \"127.0.0.1:2525\" or \"[::1]:2525\"",
            "parley.json:7:29: error: limits.recipients: 0 is too small; write a whole number from 1 to 100000",
            "parley.json:7:48: error: limits.messageBytes: \"big\" is not a number; write a whole number from 1 to 1099511627776",
            "parley.json:8:23: error: limits.commandTimeout: \"5 minutes\" is not a duration; write a number and ms, s, m, h or d, such as \"5m\", from 100ms to 1d",
            "parley.json:8:36: error: limits.colour: unknown key; the keys here are messageBytes, recipients, connections, connectionsPerAddress, errorsPerSession, commandTimeout, dataTimeout, shutdownGrace, keepMessages, keepBytes",
            "parley.json:9:25: error: commands.vrfy: \"Neutral\" is not known here (did you mean \"neutral\"?); write \"neutral\", \"answer\" or \"disabled\"",
            "parley.json:10:10: error: tls: a list is not an object; write { … }, or leave the key out",
            "PARLEY__DELIVERY__PORT: error: delivery.port: 99999 is too large; write a whole number from 1 to 65535",
        ],
        faults);
    }

    [Fact]
    public void Places_count_characters_and_not_octets() =>
        Assert.StartsWith("parley.json:1:24: error: storee:", Load.Fault("""{ /* größe – 長さ */     "storee": {} }"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "parley.json:1:1: error: the configuration is empty; write { … }")]
    [InlineData("\n ", "parley.json:1:1: error: the configuration is empty; write { … }")]
    [InlineData("{ \"hostname\": }", "parley.json:1:15: error: not valid JSON: ")]
    [InlineData("{\n \"a\" 1 }", "parley.json:2:6: error: not valid JSON: ")]
    [InlineData("{} {}", "parley.json:1:4: error: not valid JSON: ")]
    [InlineData("[]", "parley.json:1:1: error: the configuration is a list; write { … }")]
    [InlineData("{ \"hostname\": \"\\ud800\" }", "parley.json:1:15: error: a text holds half of a surrogate pair; write the whole character")]
    public void What_is_not_JSON_says_where(string text, string begin) =>
        Assert.StartsWith(begin, Load.Fault(text), StringComparison.Ordinal);

    [Fact]
    public void A_key_given_twice_names_both_places() =>
        Assert.Equal(
            "parley.json:2:2: error: hostname: given twice, first at parley.json:1:3; keep one of them",
            Load.Fault("{ \"hostname\": \"a.example\",\n \"hostname\": \"b.example\" }"));

    [Theory]
    [InlineData("{ \"limits\": { \"recipients\": 1.5 } }", "limits.recipients: 1.5 is not a whole number;")]
    [InlineData("{ \"limits\": { \"recipients\": \"500\" } }", "limits.recipients: \"500\" is not a number;")]
    [InlineData("{ \"limits\": { \"recipients\": null } }", "limits.recipients: null is not a number;")]
    [InlineData("{ \"limits\": { \"dataTimeout\": 600 } }", "limits.dataTimeout: 600 is not a duration;")]
    [InlineData("{ \"limits\": { \"dataTimeout\": \"2d\" } }", "limits.dataTimeout: \"2d\" is too long;")]
    [InlineData("{ \"limits\": { \"dataTimeout\": \"99999999s\" } }", "limits.dataTimeout: \"99999999s\" is not a duration;")]
    [InlineData("{ \"delivery\": { \"allowPrivateAddresses\": \"yes\" } }", "delivery.allowPrivateAddresses: \"yes\" is neither true nor false;")]
    [InlineData("{ \"delivery\": { \"retry\": [] } }", "delivery.retry: the list is empty;")]
    [InlineData("{ \"delivery\": { \"retry\": [\"5m\", \"x\"] } }", "delivery.retry[1]: \"x\" is not a duration;")]
    [InlineData("{ \"http\": { \"address\": \"::1:8025\" } }", "http.address: \"::1:8025\" has an IPv6 address without brackets;")]
    [InlineData("{ \"http\": { \"address\": \"127.0.0.1:70000\" } }", "http.address: \"70000\" is not a port from 0 to 65535;")]
    [InlineData("{ \"http\": { \"address\": \"127.1:80\" } }", "http.address: \"127.1:80\" is not an IP:PORT;")]
    [InlineData("{ \"dns\": { \"servers\": [\"dns.example\"] } }", "dns.servers[0]: \"dns.example\" is not an IP[:PORT];")]
    [InlineData("{ \"trustedNetworks\": [\"192.0.2.7/24\"] }", "trustedNetworks[0]: \"192.0.2.7/24\" has bits set beyond its prefix (did you mean \"192.0.2.0/24\"?);")]
    [InlineData("{ \"trustedNetworks\": [\"192.0.2.0/33\"] }", "trustedNetworks[0]: \"33\" is not a prefix length from 0 to 32;")]
    [InlineData("{ \"store\": { \"engine\": \"postgres\" } }", "store.engine: PostgreSQL is not supported yet; write \"sqlite\"")]
    [InlineData("{ \"replies\": { \"explainUrl\": \"mx.example.org/why\" } }", "replies.explainUrl: \"mx.example.org/why\" is not a web address;")]
    [InlineData("{ \"domains\": { \"example.org\": { \"subaddressSeparator\": \"++\" } } }", "domains[\"example.org\"].subaddressSeparator: \"++\" is not a separator;")]
    [InlineData("{ \"domains\": { \"exam ple.org\": {} } }", "domains[\"exam ple.org\"]: \"exam ple.org\" is not a domain;")]
    [InlineData("{ \"domains\": { \"[192.0.2.1]\": {} } }", "domains[\"[192.0.2.1]\"]: \"[192.0.2.1]\" is not a domain;")]
    [InlineData("{ \"domains\": { \"example.org\": { \"mailboxes\": [\"a b\"] } } }", "domains[\"example.org\"].mailboxes[0]: \"a b\" is not a mailbox;")]
    [InlineData("{ \"domains\": { \"example.org\": { \"aliases\": { \"info\": [\"a@b@c\"] } } } }", "domains[\"example.org\"].aliases[\"info\"][0]: \"a@b@c\" is not a mailbox or mail address;")]
    [InlineData("{ \"domains\": { \"example.org\": { \"aliases\": { \"info\": \"alice\" } } } }", "domains[\"example.org\"].aliases[\"info\"]: \"alice\" is not a list;")]
    [InlineData("{ \"listeners\": [ { \"address\": \"127.0.0.1:0\", \"mechanisms\": [\"SCRAM-SHA256\"] } ] }", "listeners[0].mechanisms[0]: \"SCRAM-SHA256\" is not a SASL mechanism known here (did you mean \"SCRAM-SHA-256\"?);")]
    [InlineData("{ \"routes\": [ { \"match\": \"example.*\", \"smarthost\": \"h\" } ] }", "routes[0].match: \"example.*\" is not a pattern;")]
    [InlineData("{ \"routes\": [ { \"match\": \"*\", \"lmtp\": \"unix:lmtp\" } ] }", "routes[0].lmtp: the path of a Unix socket starts with / and has at most 107 octets;")]
    [InlineData("{ \"tls\": { \"certificateFile\": \"/nonexistent/cert.pem\", \"keyFile\": null } }", "tls.certificateFile: there is no file /nonexistent/cert.pem;")]
    [InlineData("{ \"maildir\": \"\" }", "maildir: \"\" is not a path;")]
    public void A_wrong_value_says_what_is_wrong(string json, string expected) =>
        Assert.Contains(Load.Faults(json), f => f.Contains(" error: " + expected, StringComparison.Ordinal));

    [Fact]
    public void A_fault_stays_one_short_line_whatever_the_value_holds()
    {
        var fault = Load.Fault("{ \"hostname\": \"" + new string('x', 500) + "\\n\\u001b[31m\" }");

        Assert.DoesNotContain(fault, char.IsControl);
        Assert.True(fault.Length < 250, fault);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault_of_the_file() =>
        Assert.Equal(
            "/nonexistent/parley.json: error: there is no such file; name an existing one with --config, or leave the flag out to run without",
            Assert.Single(Server.Configuration.Settings.Load(new() { File = "/nonexistent/parley.json" }).Faults).ToString());

    [Fact]
    public void A_folder_is_no_configuration() =>
        Assert.Contains("this is a folder", Assert.Single(Server.Configuration.Settings.Load(new() { File = Path.GetTempPath() }).Faults).Problem, StringComparison.Ordinal);

    [Fact]
    public void Text_that_is_not_UTF8_is_a_fault()
    {
        using var folder = new ConfigFolder();
        var file = Path.Combine(folder.Path, "latin1.json");
        File.WriteAllBytes(file, [.. "{ \"hostname\": \""u8, 0xE9, .. "\" }"u8]);

        Assert.Equal("not UTF-8 text", Assert.Single(Server.Configuration.Settings.Load(new() { File = file }).Faults).Problem);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() => Load.Good("\uFEFF{}");
}
