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

    // In a log the sender's address, and in one of our own refusals the recipient's too, are those of others.
    [Theory]
    [InlineData("Nov 21 09:00:00 mx postfix/smtpd[8]: NOQUEUE: reject: RCPT from a.example.org[192.0.2.7]: 550 5.7.1 go away; from=<alex@web.de> to=<bertha@mail.ru> proto=ESMTP helo=<a>", null)]
    [InlineData("2026-11-21 09:00:00 H=a.example.org [192.0.2.7] F=<alex@mail.ru> rejected RCPT <bertha@example.net>: go away", null)]
    [InlineData("550 5.7.1 go away, says mx1.mail.ru", "Mail.ru")]
    [InlineData("<bertha@mail.ru>: host mxs.mail.ru[192.0.2.8] said: 550 go away (in reply to MAIL FROM:<alex@web.de> command)", "Mail.ru")]
    public void A_provider_is_named_by_who_spoke(string text, string? provider) =>
        Assert.Equal(provider, Explainer.Explain(English, text)[0].Provider);

    [Theory]
    [InlineData("451 Could not complete sender verify callout", "later")]
    [InlineData("550 Sender verify failed", "no")]
    public void A_sender_that_could_not_be_asked_about_is_tried_again(string text, string retry) =>
        Assert.Equal((retry, 0), (Explainer.Explain(English, text)[0].Retry, Explainer.Explain(English, text)[0].Conflicts.Count));

    [Theory]
    [InlineData("2026-11-21 09:00:00 1vM3-000 == bertha@example.org R=local T=local defer (-22): mailbox is full", "4.2.2")]
    [InlineData("2026-11-21 09:00:00 1vM3-000 ** bertha@example.org R=local T=local: mailbox is full", "5.2.2")]
    [InlineData("@400000005f5c8d5b0c7a3f2c delivery 1: deferral: The_mailbox_is_full/", "4.2.2")]
    public void What_a_program_defers_is_not_told_as_failed(string text, string enhanced) =>
        Assert.Equal(enhanced, Explainer.Explain(English, text)[0].Enhanced);

    [Fact]
    public void A_code_of_no_subject_leaves_the_word_to_the_reply_code() =>
        Assert.Equal(English.Explain("550")!.Title, Explainer.Explain(English, "550 5.0.350 hm")[0].Title);

    [Theory]
    [InlineData("2.0.0", "An ordinary success.")]
    [InlineData("5.0.0", "A gateway or library that turns every failure into the same code.")]
    [InlineData("4.0.0", "A gateway or library that turns every failure into the same code.")]
    public void A_code_without_detail_has_the_typical_causes_of_its_class(string code, string cause) =>
        Assert.Equal(cause, Explainer.Explain(English, $"Status: {code}")[0].Causes[0]);
}
