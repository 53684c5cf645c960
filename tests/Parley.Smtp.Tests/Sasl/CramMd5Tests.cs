namespace Parley.Smtp.Tests.Sasl;

public class CramMd5Tests
{
    [Fact]
    public void The_example_of_RFC_2195_logs_in()
    {
        var settings = new SaslContextSettings
        {
            ServerName = "postoffice.reston.mci.net",
            Nonce = "1896",
            UnixSeconds = 697170952,
        };
        using var talk = new Talk("CRAM-MD5", new TableAuthenticator().Add("tim", "tanstaaftanstaaf"), settings);
        Assert.Equal("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+", talk.Begin());
        Assert.Equal("tim", talk.Answer("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"));
    }

    [Fact]
    public void Our_own_vector_logs_in()
    {
        using var talk = new Talk("CRAM-MD5", null, new SaslContextSettings { Nonce = "7319" });
        Assert.Equal("334 PDczMTkuMTc5NTIyMTMzN0BteDEuZXhhbXBsZS5uZXQ+", talk.Begin());
        Assert.Equal(Talk.User, talk.Answer("cHJvYmVAZXhhbXBsZS5uZXQgNGU4NTY4ZTIyZDNiNjAwNTRmNTVlOGUxOWViZjg2NjU="));
    }

    [Fact]
    public void An_initial_response_is_refused()
    {
        using var talk = new Talk("CRAM-MD5");
        Assert.Equal("UnexpectedInitialResponse", talk.Begin("cHJvYmVA"));
    }

    [Theory]
    [InlineData("probe@example.net 4e8568e22d3b60054f55e8e19ebf8666", "InvalidCredentials")]
    [InlineData("nobody@example.net 4e8568e22d3b60054f55e8e19ebf8665", "InvalidCredentials")]
    [InlineData("probe@example.net 4e8568e22d3b60054f55e8e19ebf86", "Malformed")]
    [InlineData("probe@example.net 4e8568e22d3b60054f55e8e19ebf86zz", "Malformed")]
    [InlineData(" 4e8568e22d3b60054f55e8e19ebf8665", "Malformed")]
    [InlineData("4e8568e22d3b60054f55e8e19ebf8665", "Malformed")]
    [InlineData("", "Malformed")]
    public void A_wrong_answer_fails(string answer, string outcome)
    {
        using var talk = new Talk("CRAM-MD5", null, new SaslContextSettings { Nonce = "7319" });
        talk.Begin();
        Assert.Equal(outcome, talk.Say(answer));
    }

    [Fact]
    public void A_store_that_is_down_is_said()
    {
        using var talk = new Talk("CRAM-MD5");
        talk.Accounts.IsDown = true;
        talk.Begin();
        Assert.Equal("Unavailable", talk.Say("probe@example.net 4e8568e22d3b60054f55e8e19ebf8665"));
    }
}
