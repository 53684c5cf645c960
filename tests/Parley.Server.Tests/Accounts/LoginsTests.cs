using System.Net;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

public class LoginsTests
{
    private const SaslNeeds Tls = SaslNeeds.Confidentiality | SaslNeeds.ChannelBinding;
    private readonly HastyClock clock = new();

    [Fact]
    public async Task Outside_TLS_nothing_is_offered_unless_the_configuration_allows_it()
    {
        using var logins = await Make(TestLogins.Server);
        Assert.Equal("", Offered(logins, SaslNeeds.None));
        using var open = await Make(TestLogins.Server with
        {
            Tls = TestLogins.Server.Tls with { AllowPlaintextAuth = true },
        });
        Assert.Equal("SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN", Offered(open, SaslNeeds.None));
    }

    [Fact]
    public async Task Inside_TLS_the_strongest_comes_first()
    {
        using var logins = await Make(TestLogins.Server);
        Assert.Equal(
            "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN LOGIN", Offered(logins, Tls));
        Assert.Equal(
            "SCRAM-SHA-256 SCRAM-SHA-1 EXTERNAL PLAIN LOGIN",
            Offered(logins, SaslNeeds.Confidentiality | SaslNeeds.ClientCertificate));
    }

    [Fact]
    public async Task The_listeners_own_list_counts_and_a_listener_without_AUTH_offers_nothing()
    {
        using var logins = await Make(TestLogins.Server);
        Assert.Equal("LOGIN PLAIN", Offered(logins, Tls, "LOGIN", "OAUTHBEARER", "PLAIN"));
        Assert.Empty(logins.Offer(Listener() with { Auth = ListenerAuth.Off }, Tls));
    }

    [Fact]
    public async Task CRAM_MD5_is_offered_once_an_account_has_opted_in()
    {
        var table = new AccountTable(People.Alice);
        using var logins = await TestLogins.Make(table, new LoginLimits(new LoginLimitSettings(), clock), clock);
        Assert.EndsWith("PLAIN LOGIN", Offered(logins, Tls), StringComparison.Ordinal);
        await table.Add(People.Make("old-device") with { ReadableSecret = Secret.FromText("x") }, default);
        clock.Advance(TimeSpan.FromSeconds(11));
        await Until(() => Offered(logins, Tls).EndsWith("LOGIN CRAM-MD5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_catcher_offers_in_clear_what_any_credentials_can_pass()
    {
        using var logins = await Make(TestLogins.Catcher);
        Assert.Equal("OAUTHBEARER XOAUTH2 PLAIN LOGIN CRAM-MD5", Offered(logins, SaslNeeds.None));
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }

    private static ListenerSettings Listener(params string[] mechanisms) => new()
    {
        Address = new IPEndPoint(IPAddress.Loopback, 0),
        Role = ListenerRole.Submission,
        Tls = ListenerTls.StartTls,
        Auth = ListenerAuth.Required,
        Mechanisms = mechanisms.Length == 0 ? null : mechanisms,
    };

    private static string Offered(Logins logins, SaslNeeds connection, params string[] mechanisms) =>
        string.Join(' ', logins.Offer(Listener(mechanisms), connection).Select(mechanism => mechanism.Name));

    private async Task<Logins> Make(Settings settings) => new(
        await AccountDirectory.Open([], new AccountTable(), default),
        new LoginLimits(new LoginLimitSettings(), clock),
        null,
        settings,
        clock);
}
