using Parley.Smtp.Sending;

namespace Parley.Smtp.Tests.Sending;

public sealed class HopCapabilitiesTests
{
    [Fact]
    public void Keywords_are_read_in_any_case_and_the_first_line_is_none()
    {
        var hop = Parse("DSN", "pipelining", "8bitmime", "SMTPUTF8", "Chunking", "BINARYMIME", "StartTLS", "REQUIRETLS", "X-OTHER 1 2");
        Assert.False(hop.Dsn);
        Assert.True(hop is { Pipelining: true, EightBitMime: true, SmtpUtf8: true, Chunking: true, BinaryMime: true, StartTls: true, RequireTls: true });
    }

    [Theory]
    [InlineData("SIZE", true, null)]
    [InlineData("SIZE 0", true, null)]
    [InlineData("SIZE 1000", true, 1000L)]
    [InlineData("SIZE  1000 ", true, 1000L)]
    [InlineData("SIZE -5", true, null)]
    [InlineData("SIZE 99999999999999999999", true, null)]
    [InlineData("SIZED 1000", false, null)]
    public void SIZE_may_have_a_limit_or_none(string line, bool offered, long? most)
    {
        var hop = Parse("mx", line);
        Assert.Equal(offered, hop.Size);
        Assert.Equal(most, hop.MaxOctets);
    }

    [Fact]
    public void The_mechanisms_of_both_spellings_of_AUTH_are_one_list()
    {
        var hop = Parse("mx", "AUTH plain LOGIN", "AUTH=LOGIN CRAM-MD5", "AUTH=");
        Assert.Equal(["PLAIN", "LOGIN", "CRAM-MD5"], hop.Mechanisms);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_passed_over()
    {
        var hop = Parse("mx", "LIMITS RCPTMAX=0 MAILMAX=x OTHER=5 RCPTMAX = ", "LIMITS", "LIMITS mailmax=9999999999");
        Assert.Null(hop.MaxRecipients);
        Assert.Equal(int.MaxValue, hop.MaxMessages);
    }

    private static HopCapabilities Parse(params string[] lines) => HopCapabilities.Parse(new PeerReply(new ReplyCode(250), lines));
}
