using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

public class EnvironmentTests
{
    [Fact]
    public void A_variable_beats_the_file_and_a_flag_beats_both()
    {
        var settings = Settings.Load(new SettingsSources
        {
            Text = """{ "limits": { "recipients": 200 }, "http": { "address": "127.0.0.1:1" }, "listeners": [ { "address": "127.0.0.1:2", "role": "submission" } ] }""",
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PARLEY__LIMITS__RECIPIENTS"] = "300",
                ["PARLEY__HTTP__ADDRESS"] = "127.0.0.1:3",
                ["PARLEY__LISTENERS__0__ADDRESS"] = "127.0.0.1:4",
            },
            Smtp = ["127.0.0.1:5", "[::1]:6"],
            Http = "127.0.0.1:7",
        }).Settings!;

        Assert.Equal(300, settings.Limits.Recipients);
        Assert.Equal("127.0.0.1:7", settings.Http.Address?.ToString());
        Assert.Equal(["127.0.0.1:5", "[::1]:6"], settings.Listeners.Select(l => l.Address.ToString()));
        Assert.All(settings.Listeners, l => Assert.Equal(ListenerRole.Mx, l.Role));
    }

    [Fact]
    public void Http_is_switched_off_by_a_null_an_empty_variable_or_a_dash()
    {
        Assert.Null(Load.Good("""{ "http": { "address": null } }""").Http.Address);
        Assert.Null(Load.Good("{}", ("PARLEY__HTTP__ADDRESS", "")).Http.Address);
        Assert.Null(Settings.Load(new SettingsSources { Http = "-" }).Settings!.Http.Address);
    }

    [Fact]
    public void Case_does_not_matter_and_values_have_no_quotes()
    {
        var settings = Load.Good(
            "{}",
            ("parley__Limits__messagebytes", "100000"),
            ("PARLEY__TLS__ALLOWPLAINTEXTAUTH", "TRUE"),
            ("PARLEY__COMMANDS__VRFY", "Answer"),
            ("PARLEY__DELIVERY__WARNAFTER", "null"),
            ("PARLEY__DELIVERY__LEASE", "5s"),
            ("UNRELATED__KEY", "1"));

        Assert.Equal((100_000L, true, VrfyAnswer.Answer), (settings.Limits.MessageBytes, settings.Tls.AllowPlaintextAuth, settings.Commands.Vrfy));
        Assert.Equal((null, TimeSpan.FromSeconds(5)), (settings.Delivery.WarnAfter, settings.Delivery.Lease));
    }

    [Fact]
    public void Items_go_by_index_and_names_of_the_users_own_are_found_in_the_file()
    {
        var settings = Load.Good(
            """{ "hostname": "a.b", "domains": { "Example.org": { "mailboxes": ["alice"] } } }""",
            ("PARLEY__DOMAINS__EXAMPLE.ORG__MAILBOXES__0", "anne"),
            ("PARLEY__DOMAINS__EXAMPLE.ORG__MAILBOXES__1", "bob"),
            ("PARLEY__DOMAINS__EXAMPLE.ORG__ALIASES__info__0", "bob"),
            ("PARLEY__DOMAINS__EXAMPLE.NET", """{ "catchAll": "bob@example.org" }"""));

        Assert.Equal(["anne", "bob"], settings.Domains.Values.Single(d => d.Name.Ascii == "example.org").Mailboxes.Order(StringComparer.Ordinal));
        Assert.Equal("bob@example.org", settings.Domains.Values.Single(d => d.Name.Ascii == "example.org").Aliases["info"].Single().ToString());
        Assert.Equal("bob@example.org", settings.Domains.Values.Single(d => d.Name.Ascii == "example.net").CatchAll?.ToString());
    }

    [Fact]
    public void Eleven_items_are_added_in_order()
    {
        var variables = Enumerable.Range(0, 11).Select(i => ($"PARLEY__DELIVERY__RETRY__{i}", $"{i + 1}m")).Reverse().ToArray();

        Assert.Equal(
            Enumerable.Range(1, 11).Select(i => TimeSpan.FromMinutes(i)),
            Load.Good("""{ "delivery": { "retry": ["9h"] } }""", variables).Delivery.Retry);
    }

    [Fact]
    public void A_whole_list_is_JSON()
    {
        var settings = Load.Good("{}", ("PARLEY__LISTENERS", """[ { "address": "127.0.0.1:25", "tls": "none" } ]"""), ("PARLEY__DNS__SERVERS", "[\"192.0.2.53\"]"));

        Assert.Equal(ListenerTls.None, Assert.Single(settings.Listeners).Tls);
        Assert.Equal("192.0.2.53:53", Assert.Single(settings.Dns.Servers!).ToString());
    }

    [Theory]
    [InlineData("PARLEY__LIMITS__RECIPIENT", "1", "limits.RECIPIENT: unknown key; did you mean \"recipients\"?")]
    [InlineData("PARLEY__", "1", "unknown key; the keys here are hostname, listeners,")]
    [InlineData("PARLEY__LISTENERS__1__ADDRESS", "127.0.0.1:1", "listeners: \"1\" is not an item of this list, which has 0; write an index from 0 to 0")]
    [InlineData("PARLEY__LISTENERS__X", "1", "listeners: \"X\" is not an item of this list, which has 0; write an index from 0 to 0")]
    [InlineData("PARLEY__HOSTNAME__X", "1", "hostname: this key holds no others; leave __X out of the name")]
    [InlineData("PARLEY__LIMITS__RECIPIENTS", "many", "limits.recipients: \"many\" is not a whole number; write a whole number from 1 to 100000")]
    [InlineData("PARLEY__LISTENERS", "127.0.0.1:1", "not valid JSON: ")]
    [InlineData("PARLEY__TLS", "[]", "tls: a list is not an object; write { … }, or leave the key out")]
    public void A_fault_names_the_variable(string name, string value, string expected) =>
        Assert.StartsWith($"{name}: error: {expected}", Load.Fault("{}", (name, value)), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_flag_is_named() =>
        Assert.StartsWith(
            "--smtp: error: listeners[0].address: \"2525\" has no port;",
            Assert.Single(Settings.Load(new SettingsSources { Smtp = ["2525"] }).Faults).ToString(),
            StringComparison.Ordinal);
}
