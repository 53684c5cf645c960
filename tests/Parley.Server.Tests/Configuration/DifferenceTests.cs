using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

public class DifferenceTests
{
    private static string[] Between(string before, string after) =>
        [.. SettingsDifference.Between(Load.Good(before), Load.Good(after)).Select(c => c.Key + (c.NeedsRestart ? " (restart)" : ""))];

    [Fact]
    public void The_same_in_another_layout_is_no_difference() =>
        Assert.Empty(Between("""{ "limits": { "recipients": 200 }, "dns": { "servers": ["127.0.0.1:53"] } }""", """
            {
              // a comment
              "dns": { "servers": [ "127.0.0.1:53", ] },
              "limits": { "recipients": 200 },
            }
            """));

    [Fact]
    public void Each_changed_added_and_removed_key_is_named() =>
        Assert.Equal(
            ["commands.vrfy", "domains[\"example.org\"].mailboxes", "limits.recipients", "replies.explainUrl"],
            Between(
                """{ "hostname": "a.b", "limits": { "recipients": 200 }, "commands": { "vrfy": "answer" }, "domains": { "example.org": { "mailboxes": ["alice"] } } }""",
                """{ "hostname": "a.b", "limits": { "recipients": 300 }, "replies": { "explainUrl": "https://mx.example.org/why" }, "domains": { "example.org": { "mailboxes": ["alice", "bob"] } } }"""));

    [Fact]
    public void A_domain_without_any_key_is_a_change() =>
        Assert.Equal(["domains[\"example.net\"]"], Between(
            """{ "hostname": "a.b", "domains": { "example.org": {} } }""",
            """{ "hostname": "a.b", "domains": { "example.org": {}, "example.net": {} } }"""));

    [Fact]
    public void Sockets_and_store_need_a_restart() =>
        Assert.Equal(
            ["http.address (restart)", "listeners[0].address (restart)", "listeners[0].auth", "listeners[1].address (restart)"],
            Between(
                """{ "listeners": [ { "address": "127.0.0.1:1" } ] }""",
                """{ "listeners": [ { "address": "127.0.0.1:2", "auth": "off" }, { "address": "127.0.0.1:3" } ], "http": { "address": null } }"""));

    [Fact]
    public void A_catcher_becomes_a_real_server_only_by_a_restart() =>
        Assert.Equal(["hostname (restart)", "trustedNetworks (restart)"], Between("{}", """{ "hostname": "a.b", "trustedNetworks": ["192.0.2.1"] }"""));

    [Fact]
    public void A_secret_that_changed_in_its_file_is_seen_without_being_shown()
    {
        using var folder = new ConfigFolder();
        const string Json = """{ "http": { "tokenFile": "token" } }""";
        folder.Write("token", "first");
        var before = folder.Load(Json).Settings!;
        folder.Write("token", "second");
        var after = folder.Load(Json).Settings!;

        Assert.Equal(new ChangedKey("http.tokenFile", NeedsRestart: false), Assert.Single(SettingsDifference.Between(before, after)));
    }
}
