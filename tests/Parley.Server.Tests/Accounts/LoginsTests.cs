using System.Net;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

public class LoginsTests
{
    private readonly HastyClock clock = new();

    [Fact]
    public async Task A_server_has_stored_keys_and_a_validator_only_where_one_is_configured()
    {
        using var logins = await TestLogins.Make(new AccountTable(), clock);
        Assert.Equal(SaslNeeds.StoredKeys, logins.Met);
        logins.Use(TestLogins.Server with { OAuth = TestLogins.Server.OAuth with { Issuer = "https://login.example.org/" } });
        Assert.Equal(SaslNeeds.StoredKeys | SaslNeeds.TokenValidator, logins.Met);
        Assert.Equal("https://login.example.org/.well-known/openid-configuration", logins.OpenIdConfiguration);
    }

    [Fact]
    public async Task CRAM_MD5_is_possible_once_an_account_has_opted_in()
    {
        var table = new AccountTable(People.Alice);
        using var logins = await TestLogins.Make(table, clock);
        Assert.Equal(SaslNeeds.StoredKeys, logins.Met);
        await table.Add(People.Make("old-device") with { ReadableSecret = Secret.FromText("x") }, default);
        await logins.Refresh();
        Assert.Equal(SaslNeeds.StoredKeys | SaslNeeds.ReadableSecrets, logins.Met);
        await table.Remove("old-device", default);
        await logins.Refresh();
        Assert.Equal(SaslNeeds.StoredKeys, logins.Met);
    }

    [Fact]
    public async Task In_the_catcher_nobody_has_keys()
    {
        using var logins = await TestLogins.Make(new AccountTable(), clock, TestLogins.Catcher);
        Assert.Equal(
            "OAUTHBEARER XOAUTH2 PLAIN LOGIN CRAM-MD5",
            string.Join(' ', SaslMechanisms.Offer(SaslMechanisms.All, logins.Met | SaslNeeds.Confidentiality | SaslNeeds.ChannelBinding)
                .Select(mechanism => mechanism.Name)));
    }

    [Fact]
    public async Task A_reload_brings_other_users_and_forgets_no_failure()
    {
        using var logins = await TestLogins.Make(new AccountTable(), clock, With("alice", "old"));
        Assert.Equal("alice", await TestLogins.Converse(logins, "PLAIN", "alice", "old"));
        for (var i = 0; i < 6; i++)
        {
            await TestLogins.Converse(logins, "PLAIN", "alice", "wrong");
        }

        Assert.Single(clock.Waits);
        logins.Use(With("alice", "new"));
        Assert.Equal("InvalidCredentials", await TestLogins.Converse(logins, "PLAIN", "alice", "old"));
        Assert.Equal("alice", await TestLogins.Converse(logins, "SCRAM-SHA-1", "alice", "new"));
        Assert.Equal(2, clock.Waits.Count);
    }

    private static Settings With(string name, string password) => TestLogins.Server with
    {
        Users = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
            [new UserSettings { Name = name, Password = Secret.FromText(password), Addresses = [] }],
            user => user.Name,
            StringComparer.Ordinal),
    };
}
