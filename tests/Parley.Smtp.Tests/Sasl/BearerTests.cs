using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class BearerTests
{
    private const string RfcToken = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

    private static TableAuthenticator Accounts(string user, string token) =>
        new TableAuthenticator { Token = token }.Add(user, "unused");

    [Fact]
    public void The_example_of_RFC_7628_logs_in()
    {
        using var talk = new Talk("OAUTHBEARER", Accounts("user@example.com", RfcToken));
        Assert.Equal("user@example.com", talk.Begin(
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI" +
            "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"));
    }

    [Fact]
    public void A_refused_token_is_answered_with_the_JSON_of_RFC_7628_and_then_fails()
    {
        var settings = new SaslContextSettings
        {
            Scope = "example_scope",
            OpenIdConfiguration = "https://example.com/.well-known/openid-configuration",
        };
        using var talk = new Talk("OAUTHBEARER", Accounts("user@example.com", "another"), settings);
        Assert.Equal(
            "334 {\"status\":\"invalid_token\",\"scope\":\"example_scope\"," +
            "\"openid-configuration\":\"https://example.com/.well-known/openid-configuration\"}",
            talk.SayFirst($"n,a=user@example.com,\u0001host=server.example.com\u0001auth=Bearer {RfcToken}\u0001\u0001"));
        Assert.Equal("InvalidCredentials", talk.Answer("AQ=="));
    }

    [Fact]
    public void XOAUTH2_logs_in_with_our_vector()
    {
        using var talk = new Talk("XOAUTH2", Accounts(Talk.User, "T0k3n"));
        Assert.Equal(Talk.User, talk.Begin("dXNlcj1wcm9iZUBleGFtcGxlLm5ldAFhdXRoPUJlYXJlciBUMGszbgEB"));
    }

    [Fact]
    public void XOAUTH2_ends_with_the_empty_line_after_the_error()
    {
        using var talk = new Talk("XOAUTH2", Accounts(Talk.User, "another"), new SaslContextSettings { Scope = "smtp" });
        Assert.Equal(
            "334 {\"status\":\"invalid_token\",\"scope\":\"smtp\"}",
            talk.SayFirst("user=probe@example.net\u0001auth=Bearer T0k3n\u0001\u0001"));
        Assert.Equal("InvalidCredentials", talk.Answer(""));
    }

    [Theory]
    [InlineData("OAUTHBEARER", "")]
    [InlineData("OAUTHBEARER", "n,,\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer T0k3n\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer T0k3n\u0001\u0001more")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Basic T0k3n\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer T0 k3n\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer \u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer a\u0001auth=Bearer b\u0001\u0001")]
    [InlineData("OAUTHBEARER", "p=tls-exporter,,\u0001auth=Bearer T0k3n\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,user,\u0001auth=Bearer T0k3n\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,\u0001auth=Bearer T0k3n\u0001\u0001")]
    [InlineData("XOAUTH2", "auth=Bearer T0k3n\u0001\u0001")]
    [InlineData("XOAUTH2", "user=\u0001auth=Bearer T0k3n\u0001\u0001")]
    [InlineData("XOAUTH2", "user=probe@example.net\u0001\u0001")]
    public void A_message_of_another_form_is_an_invalid_request(string mechanism, string message)
    {
        using var talk = new Talk(mechanism, Accounts(Talk.User, "T0k3n"));
        Assert.Equal("334 {\"status\":\"invalid_request\"}", talk.SayFirst(message));
        Assert.Equal("Malformed", talk.Answer("AQ=="));
        Assert.Empty(talk.Accounts.Claims);
    }

    [Fact]
    public void The_scheme_knows_no_case_and_the_name_may_be_left_to_the_token()
    {
        var accounts = Accounts(Talk.User, "T0k3n");
        using var talk = new Talk("OAUTHBEARER", accounts);
        talk.SayFirst("n,,\u0001auth=bearer T0k3n\u0001\u0001");
        Assert.Equal(new LoginClaim("OAUTHBEARER", "", ""), Assert.Single(accounts.Claims));
    }

    [Fact]
    public void An_issuer_that_cannot_be_asked_is_said_at_once()
    {
        var accounts = Accounts(Talk.User, "T0k3n");
        accounts.IsDown = true;
        using var talk = new Talk("XOAUTH2", accounts);
        Assert.Equal("Unavailable", talk.SayFirst("user=probe@example.net\u0001auth=Bearer T0k3n\u0001\u0001"));
    }
}
