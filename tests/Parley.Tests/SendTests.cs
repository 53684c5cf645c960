using System.Text;
using Parley.Tests.Interop;

namespace Parley.Tests;

public sealed class SendTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    [Fact]
    public async Task Text_from_standard_input_gets_a_header_and_arrives()
    {
        using var catcher = new ServingProgram(null, "--smtp", "127.0.0.1:0");
        parley.Input = "Grüße\n.\nend";
        var sent = parley.Run("send", "--from", "cron@example.org", "--to", "alice@example.org", "--to", "bob@example.net", "--subject", "Bücher", "--server", catcher.Smtp[0].ToString());

        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        Assert.Matches(@"^alice@example\.org: 250 2\.0\.0 Message accepted as [0-9a-z]{12}\nbob@example\.net: 250 ", sent.Output);
        var message = await Message(catcher);
        Assert.Contains("\r\nFrom: cron@example.org\r\nTo: alice@example.org,\r\n bob@example.net\r\nSubject: =?utf-8?B?QsO8Y2hlcg==?=\r\nDate: ", message, StringComparison.Ordinal);
        Assert.EndsWith("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n.\r\nend\r\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_in_a_file_is_sent_as_it_is_and_completed()
    {
        using var catcher = new ServingProgram(null, "--smtp", "127.0.0.1:0");
        var file = parley.Write("mail.txt", "Subject: done\nX-Job: 7\n\nall well\n");
        var sent = parley.Run("send", "--server", catcher.Smtp[0].ToString(), "--from", "cron@example.org", "--to", "alice@example.org", file);

        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        var message = await Message(catcher);
        Assert.Contains("\r\nFrom: cron@example.org\r\nDate: ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nMessage-ID: <", message, StringComparison.Ordinal);
        Assert.EndsWith("@example.org>\r\nSubject: done\r\nX-Job: 7\r\n\r\nall well\r\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_recipient_is_told_with_what_it_means_and_the_others_get_it()
    {
        using var server = new ServingProgram("""{ "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } } }""", "--smtp", "127.0.0.1:0");
        var sent = parley.Run("send", "--from", "x@example.net", "--to", "alice@example.org,nobody@example.org", "--subject", "s", "--server", server.Smtp[0].ToString());

        Assert.Equal(1, sent.ExitCode);
        Assert.StartsWith("alice@example.org: 250 ", sent.Output, StringComparison.Ordinal);
        var lines = sent.Error.Split('\n');
        Assert.StartsWith("parley send: nobody@example.org: 550 5.1.1 ", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length > 2, sent.Error);
    }

    [Fact]
    public void A_user_logs_in_and_may_then_relay()
    {
        var password = parley.Write("pw", "open sesame\n");
        using var server = new ServingProgram($$"""
            { "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } }, "tls": { "allowPlaintextAuth": true },
              "listeners": [ { "address": "127.0.0.1:0", "role": "submission" } ],
              "users": { "alice": { "passwordFile": "{{password}}", "addresses": ["alice@example.org"] } } }
            """);
        string[] line = ["send", "--from", "alice@example.org", "--to", "alice@example.org", "--subject", "s", "--server", server.Smtp[0].ToString()];
        Assert.Contains(" 530 5.7.0 ", parley.Run(line).Error, StringComparison.Ordinal);
        Assert.Equal(0, parley.Run([.. line, "--user", "alice", "--password-file", password]).ExitCode);
        Assert.Contains(" 535 5.7.8 ", parley.Run([.. line, "--user", "alice", "--password-file", parley.Write("wrong", "wrong\n")]).Error, StringComparison.Ordinal);
        Assert.Contains("TLS", parley.Run([.. line, "--tls", "required"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_cron_calls_it_the_header_says_from_whom_and_to_whom()
    {
        using var catcher = new ServingProgram(null, "--smtp", "127.0.0.1:0");
        parley.Input = "From: \"(Cron Daemon)\" <root>\nTo: Ops: alice@example.org, \"B, (b)\" <bob@example.net>;\nBcc: eve@example.com,\n bob@example.net\nSubject: Cron\n\nall\n.\nwell\n";
        var sent = parley.Run("send", "-t", "-oi", "-i", "--server", catcher.Smtp[0].ToString());

        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        Assert.Equal(["alice@example.org", "bob@example.net", "eve@example.com"], sent.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(':')[0]));
        var message = await Message(catcher);
        Assert.Matches(@"^Return-Path: <root@.+>\r\n", message);
        Assert.Contains("\r\nTo: Ops: alice@example.org, \"B, (b)\" <bob@example.net>;\r\nSubject: Cron\r\n\r\nall\r\n.\r\nwell\r\n", message, StringComparison.Ordinal);
        Assert.DoesNotContain("eve", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("To: alice@example.org\n\nx\n", "parley send: the message's header has no From; write one, or name the sender with --from\n")]
    [InlineData("From: a@example.org\nSubject: x\n\nx\n", "parley send: the message's header names no recipient; write To, Cc or Bcc, or name one with --to\n")]
    [InlineData("From: a@example.org\nTo: b c@example.org\n\nx\n", "parley send: the message's header: \"b c@example.org\" is not a mail address; write one such as bob@example.com\n")]
    public void What_is_wrong_with_the_header_is_said_in_one_line(string text, string expected)
    {
        parley.Input = text;
        Assert.Equal(new Outcome(2, "", expected), parley.Run("send", "-t"));
    }

    [Theory]
    [InlineData("a@b.test, c@d.test", "a@b.test|c@d.test")]
    [InlineData("root (Cron Daemon)", "root")]
    [InlineData("\"x, \\\" y\" <a@b.test>, (c, \\) d) e@f.test", "a@b.test|e@f.test")]
    [InlineData("\"a, b\"@c.test", "\"a, b\"@c.test")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("g: a@b.test, <c@d.test>;, e@f.test", "a@b.test|c@d.test|e@f.test")]
    [InlineData("<>, ,", "")]
    public void Addresses_are_taken_out_of_a_list(string list, string expected) =>
        Assert.Equal(expected, string.Join('|', HeaderAddresses.Split(list)));

    [Theory]
    [InlineData("--from", "nobody", "parley send: --from: \"nobody\" is not a mail address; write one such as alice@example.org, or <> for nobody\n")]
    [InlineData("--to", "no body", "parley send: --to: \"no body\" is not a mail address; write one such as bob@example.com\n")]
    [InlineData("--server", "x:y", "parley send: --server: \"x:y\" is not HOST:PORT; write for example mail.example.org:587\n")]
    [InlineData("--to", "b@example.org c", "parley send: --to: \"b@example.org c\" is not a mail address; write one such as bob@example.com\n")]
    [InlineData("--password-file", "pw", "parley send: --password-file needs a --user, whose password it holds\n")]
    [InlineData("--user", "alice", "parley send: --user needs a --password-file; its first line is the password\n")]
    public void What_is_wrong_with_the_line_is_said_in_one(string option, string value, string expected)
    {
        var line = new Dictionary<string, string>(StringComparer.Ordinal) { ["--from"] = "a@example.org", ["--to"] = "b@example.org", [option] = value };
        Assert.Equal(new Outcome(2, "", expected), parley.Run(["send", .. line.SelectMany(one => new[] { one.Key, one.Value })]));
    }

    [Fact]
    public void Somebody_must_send_and_somebody_must_get_it()
    {
        const string Advice = "is missing; name the sender and the recipients, or let -t read them from the message's header\n";
        Assert.Equal(new Outcome(2, "", $"parley send: --from {Advice}"), parley.Run("send", "--to", "b@example.org"));
        Assert.Equal(new Outcome(2, "", $"parley send: --to {Advice}"), parley.Run("send", "-f", "a@example.org"));
        Assert.Equal(
            new Outcome(2, "", "parley send: --subject makes all of the text body, and -t reads its header; leave one of them out\n"),
            parley.Run("send", "-t", "--subject", "s"));
    }

    [Fact]
    public void A_server_that_is_not_there_is_said_and_the_answer_is_no()
    {
        var sent = parley.Run("send", "--from", "a@example.org", "--to", "b@example.org", "--server", $"127.0.0.1:{Ports.Free()}");
        Assert.Equal(1, sent.ExitCode);
        Assert.Contains("4.4.1", sent.Error, StringComparison.Ordinal);
        Assert.Contains("; try again later", sent.Error, StringComparison.Ordinal);
    }

    private static async Task<string> Message(ServingProgram catcher) => Encoding.UTF8.GetString(await catcher.Raw(Assert.Single(await catcher.Messages())));
}
