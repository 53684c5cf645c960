using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class SaslDialogueTests
{
    public static TheoryData<string> Mechanisms => [.. SaslMechanisms.All.Select(mechanism => mechanism.Name)];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void A_star_cancels_at_any_challenge(string mechanism)
    {
        using var talk = new Talk(mechanism);
        talk.Begin();
        Assert.Equal("Cancelled", talk.Answer("*"));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void An_answer_that_is_not_base64_ends_it(string mechanism)
    {
        using var talk = new Talk(mechanism);
        talk.Begin();
        Assert.Equal("NotBase64", talk.Answer("not base64"));
    }

    [Fact]
    public void An_equals_sign_is_empty_only_as_initial_response()
    {
        using var first = new Talk("PLAIN");
        Assert.Equal("Malformed", first.Begin("="));
        using var second = new Talk("PLAIN");
        second.Begin();
        Assert.Equal("NotBase64", second.Answer("="));
    }

    [Fact]
    public void A_line_of_12288_octets_is_read_and_one_more_is_too_long()
    {
        using var fits = new Talk("PLAIN");
        Assert.Equal("Malformed", fits.Begin(new string('A', SaslDialogue.MaximumLineLength)));
        using var over = new Talk("PLAIN");
        Assert.Equal("LineTooLong", over.Begin(new string('A', SaslDialogue.MaximumLineLength + 1)));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task After_the_end_every_answer_is_malformed(string mechanism)
    {
        using var exchange = SaslMechanisms.Find(mechanism)!.Start(Talk.Context(new TableAuthenticator(), new()));
        SaslStep step = exchange.Begin();
        for (var i = 0; i < 4; i++)
        {
            step = await exchange.StepAsync(new byte[] { 0xFF }, TestContext.Current.CancellationToken);
        }

        Assert.Equal(new SaslFailure(SaslFailureReason.Malformed), step);
    }
}
