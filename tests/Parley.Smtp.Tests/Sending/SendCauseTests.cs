using Parley.Smtp.Sending;

namespace Parley.Smtp.Tests.Sending;

public sealed class SendCauseTests
{
    [Theory]
    [InlineData("the certificate has expired", "the certificate has expired: TLS could not be set up")]
    [InlineData("The frame is corrupted.", "The frame is corrupted: TLS could not be set up")]
    [InlineData("two\r\nlines", "two  lines: TLS could not be set up")]
    public void Particulars_stand_before_the_advice_on_one_line(string detail, string begins) =>
        Assert.StartsWith(begins, SendCauses.TlsFailed.For(detail).Text, StringComparison.Ordinal);
}
