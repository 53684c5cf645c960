using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class PlainTests
{
    [Fact]
    public void The_message_may_come_on_the_AUTH_line()
    {
        using var talk = new Talk("PLAIN");
        Assert.Equal(Talk.User, talk.Begin("AHByb2JlQGV4YW1wbGUubmV0AG9wZW4tc2VzYW1l"));
    }

    [Fact]
    public void Without_an_initial_response_the_challenge_is_empty()
    {
        using var talk = new Talk("PLAIN");
        Assert.Equal("334 ", talk.Begin());
        Assert.Equal(Talk.User, talk.Answer("AHByb2JlQGV4YW1wbGUubmV0AG9wZW4tc2VzYW1l"));
    }

    // RFC 4616 §4: both of its examples.
    [Theory]
    [InlineData("\0tim\0tanstaaftanstaaf", "tim")]
    [InlineData("Ursel\0Kurt\0xipj3plmq", "SaslSuccess { AuthenticationId = Kurt, AuthorizationId = Ursel }")]
    public void The_examples_of_RFC_4616_log_in(string message, string outcome)
    {
        var accounts = new TableAuthenticator().Add("tim", "tanstaaftanstaaf").Add("Kurt", "xipj3plmq");
        using var talk = new Talk("PLAIN", accounts);
        var shown = talk.SayFirst(message);

        // The table lets nobody act as another, so the second example shows in the claim.
        var claim = Assert.Single(accounts.Claims);
        Assert.Equal(outcome, claim.AuthorizationId.Length == 0
            ? shown
            : new SaslSuccess(claim.User, claim.AuthorizationId).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no separators")]
    [InlineData("\0only-one")]
    [InlineData("\0a\0b\0c")]
    [InlineData("\0\0password-without-a-name")]
    [InlineData("\0na\u0007me\0password")]
    public void A_message_of_another_form_is_malformed(string message)
    {
        using var talk = new Talk("PLAIN");
        Assert.Equal("Malformed", talk.SayFirst(message));
        Assert.Empty(talk.Accounts.Claims);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_malformed()
    {
        using var talk = new Talk("PLAIN");
        Assert.Equal("Malformed", talk.Begin(Convert.ToBase64String([0, 0xC3, 0x28, 0, 0x61])));
    }

    [Theory]
    [InlineData("\0probe@example.net\0open-sesam")]
    [InlineData("\0probe@example.net\0")]
    [InlineData("\0probe@example.net\0open-sesame\u0007")]
    [InlineData("\0nobody@example.net\0open-sesame")]
    [InlineData("boss@example.net\0probe@example.net\0open-sesame")]
    public void Wrong_password_unknown_name_and_a_foreign_identity_get_the_same_answer(string message)
    {
        using var talk = new Talk("PLAIN");
        Assert.Equal("InvalidCredentials", talk.SayFirst(message));
    }

    [Fact]
    public void A_disabled_account_is_told_only_with_the_right_password()
    {
        var accounts = new TableAuthenticator().Add("tim", "right").WithState("tim", SaslFailureReason.AccountDisabled);
        using var wrong = new Talk("PLAIN", accounts);
        Assert.Equal("InvalidCredentials", wrong.SayFirst("\0tim\0wrong"));
        using var right = new Talk("PLAIN", accounts);
        Assert.Equal("AccountDisabled", right.SayFirst("\0tim\0right"));
    }

    [Fact]
    public void Name_and_password_are_prepared()
    {
        var accounts = new TableAuthenticator().Add("café", "paßwort");
        using var talk = new Talk("PLAIN", accounts);

        // RFC 4013 §2: decomposed letters and a soft hyphen come out as the stored ones.
        Assert.Equal("café", talk.SayFirst("\0cafe\u0301\0pa\u00ADßwort"));
    }
}
