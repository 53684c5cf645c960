using System.Diagnostics;
using System.Text;
using Parley.Codes.Reading;
using Parley.Tests.Shared;

namespace Parley.Codes.Tests;

public class ExplainerTests
{
    private static readonly Catalogue English = TestData.English;
    private static readonly string[] Samples =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Samples"), "*.txt").Order(StringComparer.Ordinal).Select(f => string.Join('\n', File.ReadAllLines(f).SkipWhile(l => l.StartsWith("# ", StringComparison.Ordinal))))];

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("The meeting is at 4.30, room 550, and 451 people come.")]
    [InlineData("Version 5.1.1 of the program is out.")]
    [InlineData("10.5.1.1 and 550.5.1.1 are addresses")]
    public void A_text_without_a_reply_has_no_explanation(string text) => Assert.Empty(Explainer.Explain(English, text));

    [Theory]
    [InlineData("550", "550", null)]
    [InlineData("550 ", "550", null)]
    [InlineData("550-5.1.1 No\r\n550 5.1.1 such user\r\n", "550", "5.1.1")]
    [InlineData("  550 5.1.1 indented", "550", "5.1.1")]
    [InlineData("\"550 5.1.1 quoted\"", "550", "5.1.1")]
    [InlineData("SMTP error code 535: no", "535", null)]
    [InlineData("smtp;550 5.7.1 Denied", "550", "5.7.1")]
    [InlineData("#5.1.1 smtp;550 5.1.1 nobody", "550", "5.1.1")]
    [InlineData("Error: 5.2.2", "5.2.2", "5.2.2")]
    [InlineData("599 5.9.9 no such code", "599", "5.9.9")]
    [InlineData("\uFEFF550\u00A05.1.1\u00A0no such user", "550", "5.1.1")]
    [InlineData("{\"event\": \"bounced\", \"code\": \"552\", \"reason\": \"mailbox full\"}", "552", null)]
    [InlineData("550-5.1.1 No\r550 5.1.1 such user\r", "550", "5.1.1")]
    [InlineData("550-5.1.1 No\n\n550-5.1.1 such\n\n550 5.1.1 user", "550", "5.1.1")]
    [InlineData("550 192.0.2.7 is listed, 5.7.1.100 is not", "550", null)]
    public void A_single_reply_is_found_in_any_dress(string text, string code, string? enhanced)
    {
        var found = Assert.Single(Explainer.Explain(English, text));
        Assert.Equal((code, enhanced), (found.Code, found.Enhanced));
    }

    [Fact]
    public void A_code_that_nobody_assigned_is_told_by_its_first_digit()
    {
        var found = Explainer.Explain(English, "599 Computer says no")[0];
        Assert.Equal(("599", "permanent", "folk", "no"), (found.Code, found.Class, found.Standing, found.Retry));
        Assert.Single(found.Conflicts);
    }

    [Theory]
    [InlineData("550 5.4.1 Recipient address rejected: Access denied. [DB5.eur.prod.protection.outlook.com]", "5.4.1")]
    [InlineData("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ben@example.net not found by SMTP address lookup", "5.1.10")]
    [InlineData("550-5.7.30 Gmail requires all large senders to authenticate with DKIM. - gsmtp", "5.7.30")]
    public void A_number_used_in_another_sense_than_the_registrys_does_not_lend_its_title(string text, string enhanced)
    {
        var found = Assert.Single(Explainer.Explain(English, text));
        Assert.Equal(English.Explain("550")!.Title, found.Title);
        Assert.Contains(found.Conflicts, c => c.Contains(enhanced, StringComparison.Ordinal));
    }

    // The number states one cause, the words give another.
    [Theory]
    [InlineData("550 5.7.27 Email rejected per SPF policy", "spf")]
    [InlineData("450 4.7.27 Email rejected per SPF policy", "spf")]
    [InlineData("550 5.1.1 Mailbox is full", "mailbox-full")]
    [InlineData("554 5.7.23 DKIM signature did not verify", "dkim")]
    [InlineData("550 5.4.1 <zed@example.net>: user unknown", "unknown-mailbox")]
    [InlineData("550 5.7.25 Mail rejected: it contains a virus", "virus")]
    public void A_cause_that_contradicts_the_number_is_pointed_out(string text, string cause)
    {
        var found = Assert.Single(Explainer.Explain(English, text));
        Assert.Equal(English.CauseOf(cause), found.Cause);
        Assert.Equal(English.Explain(found.Code!)!.Title, found.Title);
        Assert.Equal(English.Label("conflict.own-sense").Replace("{enhanced}", found.Enhanced, StringComparison.Ordinal), found.Conflicts[0]);
    }

    // Numbers that several causes share, causes that say only what happened, and words that speak of both.
    [Theory]
    [InlineData("550 5.7.27 Sender address has null MX")]
    [InlineData("550 5.1.2 Domain does not accept mail (nullMX)")]
    [InlineData("550 5.7.1 SPF check failed")]
    [InlineData("550 5.7.26 SPF check failed")]
    [InlineData("504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname")]
    [InlineData("550 5.1.1 <zed@example.net>: Recipient address rejected: access denied")]
    [InlineData("550 5.1.1 <zed@example.net>: Recipient address rejected: Domain not found")]
    [InlineData("450 4.1.8 <a@example.org>: Sender address rejected: DNS lookup failed")]
    [InlineData("552 5.3.4 Message exceeds the mailbox quota")]
    [InlineData("550 5.1.8 Sender verify failed")]
    [InlineData("450 4.2.2 Try again later")]
    [InlineData("504 5.7.4 Unrecognized authentication type")]
    public void A_number_that_agrees_with_the_cause_is_left_alone(string text) =>
        Assert.DoesNotContain(Assert.Single(Explainer.Explain(English, text)).Conflicts, c => c.Contains("registry", StringComparison.Ordinal));

    [Theory]
    [InlineData("530 5.7.0 Hm", "530", "now")]
    [InlineData("421 4.7.0 Hm", "421", "later")]
    [InlineData("221 2.0.0 Bye", "221", "no")]
    public void An_enhanced_code_without_detail_leaves_the_word_to_the_reply_code(string text, string code, string retry)
    {
        var found = Assert.Single(Explainer.Explain(English, text));
        var told = English.Explain(code)!;
        Assert.Equal((told.Title, told.WhoseMove, retry), (found.Title, found.WhoseMove, found.Retry));
    }

    [Fact]
    public void The_content_of_a_message_is_not_read_as_replies()
    {
        var found = Explainer.Explain(English, "DATA\n354 go on\nSubject: x\n550 5.1.1 only content\n.\n250 2.0.0 stored");
        Assert.Equal(["354", "250"], found.Select(f => f.Code));
        Assert.Equal("content", found[1].Phase);
    }

    [Fact]
    public void A_transcript_that_leaves_the_content_out_is_read_on()
    {
        var found = Explainer.Explain(English, "C: DATA\nS: 354 go on\nC: (message)\nS: 554 5.7.1 refused\nC: QUIT\nS: 221 2.0.0 bye");
        Assert.Equal([("354", "data"), ("554", "content"), ("221", "quit")], found.Select(f => (f.Code!, f.Phase!)));
    }

    [Theory]
    [InlineData("AUTH PLAIN AHByb2JlQGV4YW1wbGUubmV0AGhpZGRlbg==\n535 5.7.8 no", "AHByb2JlQGV4YW1wbGUubmV0AGhpZGRlbg==")]
    [InlineData("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: em9l\nS: 334 UGFzc3dvcmQ6\nC: aGlkZGVuLXdvcmQ=\nS: 535 5.7.8 bad aGlkZGVuLXdvcmQ=", "aGlkZGVuLXdvcmQ=")]
    [InlineData("334 UGFzc3dvcmQ6 hidden-word", "hidden-word")]
    [InlineData("Nov 21 mx app: failed: 535 5.7.8 no (sent AUTH PLAIN AHByb2JlAGhpZGRlbg==)", "AHByb2JlAGhpZGRlbg==")]
    [InlineData("error 535 5.7.8 for user zoe password=hidden-word", "hidden-word")]
    [InlineData("550 5.7.1 refused Authorization: Bearer hidden-word", "hidden-word")]
    [InlineData("501 5.5.2 Cannot decode AHByb2JlQGV4YW1wbGUubmV0AGhpZGRlbg==", "AHByb2JlQGV4YW1wbGUubmV0AGhpZGRlbg==")]
    public void A_credential_never_comes_back(string text, string secret)
    {
        var found = Explainer.Explain(English, text);
        Assert.NotEmpty(found);
        Assert.All(found, f => Assert.DoesNotContain(secret, f.Input, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("com.sun.mail.smtp.SMTPAddressFailedException: 550 5.1.1 <foo@example.net>: User unknown")]
    [InlineData("raise SMTPAuthenticationError: 535 5.7.8 not accepted")]
    public void The_name_of_a_class_is_not_taken_for_a_credential(string text) => Assert.Equal(text, Explainer.Explain(English, text)[0].Input);

    // In turn: letters of an old character set, Cyrillic, and Cyrillic cut off inside a letter.
    [Theory]
    [InlineData("AHpvZQBw6XAtbW90")]
    [InlineData("AHpvZQDQv9Cw0YDQvtC70YzQv9Cw0YDQvtC70Yw=")]
    [InlineData("AHpvZQDQv9Cw0YDQvtC70YzQv9Cw0YDQvtC70")]
    public void A_credential_of_any_script_is_masked(string secret) =>
        Assert.DoesNotContain(secret, Explainer.Explain(English, $"535 5.7.8 Error: {secret}")[0].Input, StringComparison.Ordinal);

    [Fact]
    public void Two_recipients_of_one_program_are_told_both() =>
        Assert.Equal(2, Explainer.Explain(English, "SMTP ERROR: RCPT TO command failed: 550 5.1.1 <a@example.net> unknown\nSMTP ERROR: RCPT TO command failed: 550 5.1.1 <b@example.net> unknown").Count);

    [Fact]
    public void A_quoted_mail_is_no_transcript()
    {
        var found = Explainer.Explain(English, "He wrote:\n> DATA came back with\n> 550 5.1.1 <lisa@example.net>: user unknown\n> EHLO was fine.");
        Assert.Equal("550", Assert.Single(found).Code);
    }

    [Fact]
    public void A_sentence_that_begins_with_a_verb_is_no_command() =>
        Assert.Equal(English.CauseOf("unknown-mailbox"), Explainer.Explain(English, "RCPT TO brought this answer:\n553 5.3.0 <lisa@example.net>... Addressee unknown")[0].Cause);

    [Fact]
    public void The_list_of_mechanisms_is_not_taken_for_a_login() =>
        Assert.Equal("250-AUTH PLAIN LOGIN\n250 8BITMIME", Explainer.Explain(English, "250-AUTH PLAIN LOGIN\n250 8BITMIME")[0].Input);

    [Fact]
    public void A_bounce_says_each_refusal_once()
    {
        var found = Explainer.Explain(English, """
            <nobody@example.net>: host mx1.example.net[192.0.2.25] said: 550 5.1.1
                <nobody@example.net>: No such mailbox (in reply to RCPT TO command)

            Final-Recipient: rfc822; nobody@example.net
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.net>: No such mailbox
            """);
        Assert.Equal("rcpt", Assert.Single(found).Phase);
    }

    [Fact]
    public void A_text_longer_than_the_limit_is_read_as_far_as_the_limit()
    {
        var text = string.Concat(Enumerable.Repeat("550 5.1.1 nobody\n", 100_000));
        Assert.Equal(Explainer.MaxReplies, Explainer.Explain(English, text).Count);
    }

    [Theory]
    [InlineData("5 ")]
    [InlineData("reject: RCPT from ")]
    [InlineData("said: 550 ")]
    [InlineData("SMTP error from remote mail server after ")]
    [InlineData("rejected RCPT ")]
    [InlineData(" == a ")]
    [InlineData("ruleset=check_rcpt, ")]
    [InlineData("returned '550 ")]
    [InlineData("(550, b'")]
    [InlineData("'a@example.net': (550, 'no'), ")]
    [InlineData(" ** a@example.net ")]
    [InlineData("Error: 550-no\n550 ")]
    [InlineData("> AUTH LOGIN\n< 334 \n> ab\n")]
    [InlineData("AUTH PLAIN ")]
    [InlineData("334 ")]
    [InlineData("334 \nabcd\n")]
    [InlineData("C: AUTH LOGIN\nS: 334 \nC: ab cd ef gh ij kl mn\n")]
    [InlineData(" \n")]
    [InlineData("a\n b")]
    [InlineData("354 \nDATA\n")]
    [InlineData("Diagnostic-Code: ")]
    [InlineData("(((((")]
    [InlineData("dsn=5.1.1, status=bounced (")]
    [InlineData("error code 5")]
    [InlineData("2026-11-21T09:12:33.123Z,a,b,1,c,d,<,")]
    [InlineData("(reason: 550 no)\n<<< 550 yes\n")]
    [InlineData("From: a@example.org\nDate: now\nTo: b\n\n")]
    [InlineData("=\n=3D")]
    [InlineData("<style><p")]
    [InlineData("user unknown\n\n")]
    [InlineData("--b\nContent-Type: text/plain\n\n550 no\n")]
    public void No_text_takes_long(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (Explainer.MaxCharacters / piece.Length) + 1));
        var watch = Stopwatch.StartNew();
        Explainer.Explain(English, text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed}");
    }

    // A mail with a header of its own, whose parts are the repeated piece.
    [Theory]
    [InlineData("multipart/mixed; boundary=b", "7bit", "--b\n\n550 no\n")]
    [InlineData("multipart/mixed; boundary=b", "7bit", "--b\nContent-Type: multipart/mixed; boundary=b\n\n")]
    [InlineData("text/plain", "quoted-printable", "=3D=\n")]
    [InlineData("text/plain", "quoted-printable", "=")]
    [InlineData("text/plain", "base64", "NTUwIG5v\n")]
    [InlineData("text/html", "7bit", "<style><script")]
    [InlineData("text/html", "7bit", "<br><p")]
    public void No_mail_takes_long(string type, string encoding, string piece)
    {
        var head = $"From: a@example.org\nDate: now\nReceived: x\nContent-Type: {type}\nContent-Transfer-Encoding: {encoding}\n\n";
        var watch = Stopwatch.StartNew();
        Explainer.Explain(English, head + string.Concat(Enumerable.Repeat(piece, (Explainer.MaxCharacters / piece.Length) + 1)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Mutated_texts_never_break_the_reader() => Fuzzing.Run((random, _) =>
    {
        var found = ReplyReader.Read(Mutated(random));
        Assert.True(found.Count <= Explainer.MaxReplies);
    });

    [Fact]
    public void Mutated_texts_are_explained_in_every_field()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            Assert.All(Explainer.Explain(English, Mutated(random)), f => Assert.False(string.IsNullOrEmpty(f.Cause) || string.IsNullOrEmpty(f.Title)));
        }
    }

    private static string Mutated(Random random) =>
        Encoding.UTF8.GetString(Fuzzing.Mutate(random, Encoding.UTF8.GetBytes(Samples[random.Next(Samples.Length)])));
}
