namespace Parley.Smtp.Tests.Sasl;

public class LoginTests
{
    [Fact]
    public void It_asks_for_the_name_and_then_for_the_password()
    {
        using var talk = new Talk("LOGIN");
        Assert.Equal("334 VXNlcm5hbWU6", talk.Begin());
        Assert.Equal("334 UGFzc3dvcmQ6", talk.Answer("cHJvYmVAZXhhbXBsZS5uZXQ="));
        Assert.Equal(Talk.User, talk.Answer("b3Blbi1zZXNhbWU="));
    }

    [Fact]
    public void An_initial_response_is_the_name()
    {
        using var talk = new Talk("login");
        Assert.Equal("334 UGFzc3dvcmQ6", talk.Begin("cHJvYmVAZXhhbXBsZS5uZXQ="));
        Assert.Equal(Talk.User, talk.Answer("b3Blbi1zZXNhbWU="));
    }

    [Fact]
    public void An_empty_name_is_malformed()
    {
        using var talk = new Talk("LOGIN");
        talk.Begin();
        Assert.Equal("Malformed", talk.Answer(""));
    }

    [Fact]
    public void An_empty_password_is_wrong()
    {
        using var talk = new Talk("LOGIN");
        talk.SayFirst(Talk.User);
        Assert.Equal("InvalidCredentials", talk.Answer(""));
    }

    [Fact]
    public void A_name_that_is_not_encoded_is_not_base64()
    {
        using var talk = new Talk("LOGIN");
        talk.Begin();
        Assert.Equal("NotBase64", talk.Answer("probe@example.net"));
    }
}
