using System.Text.Json;

namespace Parley.Codes.Tests;

/// <summary>Wordings that no provider owns, in the many dresses that servers give them.</summary>
public class CauseTests
{
    private static readonly Catalogue English = TestData.English;

    public static TheoryData<string, string> Samples
    {
        get
        {
            var data = new TheoryData<string, string>();
            using var file = JsonDocument.Parse(string.Join('\n', TestData.Lines("cause-samples.json")));
            foreach (var cause in file.RootElement.EnumerateObject())
            {
                foreach (var said in cause.Value.EnumerateArray())
                {
                    data.Add(cause.Name, said.GetString()!);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_reply_is_laid_to_its_cause(string cause, string said) =>
        Assert.Equal(English.CauseOf(cause), Assert.Single(Explainer.Explain(English, said)).Cause);

    // Words that stand in an address are nobody's reason.
    [Theory]
    [InlineData("550 <unknown-user@example.org>: over quota", "mailbox-full")]
    [InlineData("550 <spam@example.org>... Host unknown", "recipient-domain-unknown")]
    [InlineData("554 5.7.1 write to virus-desk@example.org", "policy")]
    [InlineData("552 5.2.2 spam@example.org has no room: mailbox full", "mailbox-full")]
    public void The_name_in_an_address_tells_no_cause(string said, string cause) =>
        Assert.Equal(English.CauseOf(cause), Explainer.Explain(English, said)[0].Cause);

    // A pattern that takes too much would say these.
    [Theory]
    [InlineData("550 access from 192.0.2.7 blocked", "mailbox-disabled")]
    [InlineData("550 Connection refused", "connection-failed")]
    [InlineData("550 not allowed to send mail from here", "mail-first")]
    [InlineData("550 this text has needless base64 in it", "answer-not-encoded")]
    [InlineData("550 SPF: authentication failed", "wrong-credentials")]
    [InlineData("554 Service unavailable; blocked using bl.example.org; Blocked - see http://bl.example.org/192.0.2.7", "proofpoint-01")]
    [InlineData("554 5.7.1 Sender address rejected: the account was closed", "mailbox-disabled")]
    [InlineData("554 5.7.1 too many hops: mailman", "rate-limited")]
    public void A_reply_is_not_laid_to_what_it_does_not_say(string said, string cause) =>
        Assert.NotEqual(English.CauseOf(cause), Explainer.Explain(English, said)[0].Cause);

    [Theory]
    [InlineData("2.0.0", "An ordinary success.")]
    [InlineData("5.0.0", "A gateway or library that turns every failure into the same code.")]
    [InlineData("4.0.0", "A gateway or library that turns every failure into the same code.")]
    public void A_code_without_detail_has_the_typical_causes_of_its_class(string code, string cause) =>
        Assert.Equal(cause, Explainer.Explain(English, $"Status: {code}")[0].Causes[0]);
}
