using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Parley.Tests.Interop;

/// <summary>
/// Real parts in a row on one machine: swaks → Parley, where alice logs in → Postfix → Parley → Dovecot by LMTP; and what
/// fails comes back the same way.
/// </summary>
public sealed class RelayChainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Mail_arrives_once_and_intact_and_a_failure_comes_back_to_the_sender_s_mailbox()
    {
        Peer.Need("swaks", "swaks");
        RealPostfix.Need();
        RealDovecot.Need();
        var (postfixPort, lmtpPort) = (Ports.Free(), Ports.Free());
        await using var dovecot = await RealDovecot.Start(lmtpPort, "bob@example.net");
        using var first = Submission(postfixPort);
        using var last = Gateway(postfixPort, lmtpPort);
        await using var postfix = await RealPostfix.Start(postfixPort, ("example.net", last.Smtp[0].Port), ("example.org", first.Smtp[0].Port));

        // Dots at line starts, long lines, UTF-8, and spaces at line ends: whatever a hop could damage.
        var message = "From: alice@example.org\nTo: bob@example.net\nSubject: through the chain\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
            + "Content-Transfer-Encoding: 8bit\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nMessage-ID: <chain@example.org>\n\n"
            + ".\n..\n.leading dots\nÄpfel und Birnen \n" + new string('x', 900) + "\n\n\nFrom here\nend\n"; // swaks ends the last line by itself
        await Swaks(first, message[..^1], "bob@example.net");

        await Until(() => dovecot.Mail("bob@example.net").Count > 0, () => postfix.Log + dovecot.Log);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        var arrived = Encoding.UTF8.GetString(Assert.Single(dovecot.Mail("bob@example.net"))).ReplaceLineEndings("\n");
        Assert.EndsWith(message, arrived, StringComparison.Ordinal);
        Assert.Equal(2, Count(arrived, "\tby parley."));
        Assert.Contains("(Postfix)", arrived, StringComparison.Ordinal);

        await Swaks(first, message.Replace("bob@example.net", "nobody@example.net", StringComparison.Ordinal), "nobody@example.net");
        var report = await Report(first, () => postfix.Log + dovecot.Log);
        Assert.Contains("multipart/report", report, StringComparison.Ordinal);
        Assert.Contains("Reporting-MTA: dns; parley.example.net", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822;nobody@example.net", report, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1", report, StringComparison.Ordinal);
        Assert.Contains("Subject: Not delivered: through the chain", report, StringComparison.Ordinal);

        await Until(() => Queue(first) == 0 && Queue(last) == 0, () => "the queues do not empty");
    }

    private static ServingProgram Submission(int smarthost)
    {
        var password = Path.Combine(Directory.CreateTempSubdirectory("parley-chain-").FullName, "password");
        File.WriteAllText(password, "open sesame\n");
        return new ServingProgram($$"""
            {
              "hostname": "parley.example.org",
              "listeners": [ { "address": "127.0.0.1:0", "role": "mx" }, { "address": "127.0.0.1:0", "role": "submission" } ],
              "tls": { "allowPlaintextAuth": true },
              "domains": { "example.org": { "mailboxes": ["alice"] } },
              "users": { "alice": { "passwordFile": "{{password}}", "addresses": ["alice@example.org"] } },
              "routes": [ { "match": "*", "smarthost": "127.0.0.1:{{smarthost}}" } ]
            }
            """);
    }

    private static ServingProgram Gateway(int smarthost, int lmtp) => new($$"""
        {
          "hostname": "parley.example.net",
          "listeners": [ { "address": "127.0.0.1:0", "role": "mx" } ],
          "domains": { "example.net": {} },
          "routes": [ { "match": "example.net", "lmtp": "127.0.0.1:{{lmtp}}" }, { "match": "*", "smarthost": "127.0.0.1:{{smarthost}}" } ]
        }
        """);

    private static async Task Swaks(ServingProgram first, string message, string to)
    {
        var (code, output) = await Peer.Run("swaks", message, "--server", "127.0.0.1", "--port", first.Smtp[1].Port.ToString(CultureInfo.InvariantCulture),
            "--auth", "PLAIN", "--auth-user", "alice", "--auth-password", "open sesame", "--from", "alice@example.org", "--to", to, "--data", "-");
        Assert.True(code == 0, output);
    }

    private static async Task<string> Report(ServingProgram first, Func<string> why)
    {
        await Until(() => first.Messages().GetAwaiter().GetResult().Count > 0, why);
        return Encoding.UTF8.GetString(await first.Raw((await first.Messages())[0]));
    }

    private static int Queue(ServingProgram parley)
    {
        using var list = JsonDocument.Parse(parley.Http.GetStringAsync("api/v1/queue").GetAwaiter().GetResult());
        return list.RootElement.GetProperty("entries").GetArrayLength();
    }

    private static async Task Until(Func<bool> condition, Func<string> why)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, why());
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
