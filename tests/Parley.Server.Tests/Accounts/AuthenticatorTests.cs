using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

public sealed class AuthenticatorTests : IDisposable
{
    private readonly AccountTable table = new(
        People.Alice with { ReadableSecret = Secret.FromText(People.Password) },
        People.Bob with { State = AccountState.Disabled },
        People.Make("carol") with { State = AccountState.MustChangePassword },
        People.Make("dave") with { ScramOnly = true });

    private readonly HastyClock clock = new();
    private Logins? logins;

    public static TheoryData<string> PasswordMechanisms => ["PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5"];

    public void Dispose() => logins?.Dispose();

    [Theory]
    [MemberData(nameof(PasswordMechanisms))]
    public async Task The_right_password_logs_in(string mechanism)
    {
        Assert.Equal("alice", await Login(mechanism, "Alice", People.Password));
        Assert.Empty(clock.Waits);
    }

    [Theory]
    [MemberData(nameof(PasswordMechanisms))]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer(string mechanism)
    {
        Assert.Equal("InvalidCredentials", await Login(mechanism, "alice", "open-sesame-2"));
        Assert.Equal("InvalidCredentials", await Login(mechanism, "nobody", People.Password));
    }

    [Theory]
    [InlineData("bob", "PLAIN", "AccountDisabled")]
    [InlineData("bob", "SCRAM-SHA-256", "AccountDisabled")]
    [InlineData("carol", "PLAIN", "TransitionNeeded")]
    [InlineData("carol", "SCRAM-SHA-1", "TransitionNeeded")]
    [InlineData("dave", "PLAIN", "MechanismTooWeak")]
    [InlineData("dave", "LOGIN", "MechanismTooWeak")]
    [InlineData("dave", "SCRAM-SHA-256", "dave")]
    public async Task The_state_of_an_account_is_told_only_with_the_right_password(string user, string mechanism, string outcome)
    {
        Assert.Equal("InvalidCredentials", await Login(mechanism, user, "open-sesame-2"));
        Assert.Equal(outcome, await Login(mechanism, user, People.Password));
    }

    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("ALICE", "alice")]
    [InlineData("alice@example.org", "alice")]
    [InlineData("bob", "InvalidCredentials")]
    [InlineData("bob@example.org", "InvalidCredentials")]
    public async Task An_account_acts_as_itself_only(string authorizationId, string outcome) =>
        Assert.Equal(outcome, await Login("PLAIN", "alice", People.Password, authorizationId));

    [Theory]
    [MemberData(nameof(PasswordMechanisms))]
    public async Task A_store_out_of_reach_is_said_and_not_counted(string mechanism)
    {
        await Start();
        table.IsDown = true;
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("Unavailable", await Login(mechanism, "alice", "wrong"));
        }

        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task CRAM_MD5_does_not_serve_who_has_not_opted_in() =>
        Assert.Equal("InvalidCredentials", await Login("CRAM-MD5", "dave", People.Password));

    [Fact]
    public async Task A_flood_of_wrong_passwords_is_slowed_and_then_refused_even_with_the_right_one()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("InvalidCredentials", await Login("SCRAM-SHA-256", "alice", "wrong"));
        }

        Assert.Equal(25, clock.Waits.Count);
        Assert.Equal(TimeSpan.FromSeconds(2), clock.Waits[^1]);
        foreach (var mechanism in PasswordMechanisms.Select(row => row.Data))
        {
            Assert.Equal("TooManyAccountFailures", await Login(mechanism, "alice", People.Password));
        }

        for (var i = 0; i < 20; i++)
        {
            await Login("PLAIN", $"name{i}", "wrong");
        }

        Assert.Equal("TooManyAddressFailures", await Login("PLAIN", "dave", People.Password));
        Assert.Equal("dave", await Login("SCRAM-SHA-256", "dave", People.Password, client: "203.0.113.9"));
    }

    [Fact]
    public async Task Each_refused_login_is_logged_with_its_account_and_never_with_a_name_that_may_be_a_secret()
    {
        var log = new LogLines();
        logins = await TestLogins.Make(table, clock, log: log);
        await Login("PLAIN", "ALICE", "open-sesame-2");
        await Login("SCRAM-SHA-256", People.Password, "alice");
        await Login("PLAIN", "bob", People.Password);
        Assert.Equal("alice", await Login("PLAIN", "alice", People.Password));
        Assert.Equal(
            [
                "login of alice from 192.0.2.1 by PLAIN refused: InvalidCredentials",
                "login of somebody unknown from 192.0.2.1 by SCRAM-SHA-256 refused: InvalidCredentials",
                "login of bob from 192.0.2.1 by PLAIN refused: AccountDisabled",
            ],
            log.Lines);
    }

    [Theory]
    [MemberData(nameof(PasswordMechanisms))]
    public async Task Who_goes_on_at_an_account_over_its_limit_comes_to_the_limit_of_the_address(string mechanism)
    {
        for (var i = 0; i < 30; i++)
        {
            await Login("PLAIN", "alice", "wrong", client: $"203.0.113.{i}");
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("TooManyAccountFailures", await Login(mechanism, "alice", "wrong"));
        }

        Assert.Equal("TooManyAddressFailures", await Login(mechanism, "alice", People.Password));
        Assert.Equal("TooManyAccountFailures", await Login(mechanism, "alice", People.Password, client: "203.0.113.99"));
    }

    [Theory]
    [InlineData("alice@example.org", "", "alice")]
    [InlineData("alice", "", "alice")]
    [InlineData("alice@example.org", "alice@example.org", "alice")]
    [InlineData("bob@example.org", "", "AccountDisabled")]
    [InlineData("bob@example.org", "alice", "InvalidCredentials")]
    [InlineData("info@example.org", "", "InvalidCredentials")]
    [InlineData("nobody", "", "InvalidCredentials")]
    public async Task A_certificate_names_an_account_by_name_or_by_an_address_that_is_its_own_alone(
        string name, string authorizationId, string outcome)
    {
        using var certificate = Certificate(name);
        var authenticator = (await Start()).For(IPAddress.Loopback);
        var claim = new LoginClaim("EXTERNAL", "", authorizationId);
        Assert.Equal(outcome, Show(await authenticator.CheckCertificateAsync(claim, certificate, default)));
    }

    [Fact]
    public async Task Without_a_validator_no_token_is_taken()
    {
        var authenticator = (await Start()).For(IPAddress.Loopback);
        using var token = Secret.FromText("x.y.z");
        Assert.Equal("Unavailable", Show(await authenticator.CheckTokenAsync(new("XOAUTH2", "alice", ""), token, default)));
    }

    [Fact]
    public async Task In_the_catcher_anybody_logs_in()
    {
        using var catcher = await TestLogins.Make(new AccountTable(), clock, TestLogins.Catcher);
        Assert.Equal("any body", await TestLogins.Converse(catcher, "PLAIN", "any body", "x"));
        Assert.Equal("any", await TestLogins.Converse(catcher, "LOGIN", "any", "x"));
        Assert.Equal("any", await TestLogins.Converse(catcher, "CRAM-MD5", "any", "x"));
        Assert.Equal("any", await TestLogins.Converse(catcher, "XOAUTH2", "any", "x"));
    }

    private async Task<string> Login(
        string mechanism, string user, string password, string authorizationId = "", string client = "192.0.2.1") =>
        await TestLogins.Converse(await Start(), mechanism, user, password, authorizationId, client);

    private async Task<Logins> Start() => logins ??= await TestLogins.Make(table, clock);

    private static string Show(SaslOutcome outcome) => TestLogins.Show(outcome);

    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + (name.Contains('@', StringComparison.Ordinal) ? "someone" : name), key, HashAlgorithmName.SHA256);
        if (name.Contains('@', StringComparison.Ordinal))
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddEmailAddress(name);
            request.CertificateExtensions.Add(names.Build());
        }

        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
