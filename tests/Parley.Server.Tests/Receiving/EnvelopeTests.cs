using Parley.Server.Queue;
using Parley.Server.Tests.Dialogues;

namespace Parley.Server.Tests.Receiving;

public sealed class EnvelopeTests
{
    private const string Mx = """
        { "hostname": "mx.example.org",
          "listeners": [ { "address": "127.0.0.1:0", "role": "mx" } ],
          "http": { "address": null },
          "domains": { "example.org": { "mailboxes": ["alice", "bob"], "aliases": { "team": ["alice", "bob"], "boss": ["alice"] }, "subaddressSeparator": "+" } } }
        """;

    [Fact]
    public async Task Every_address_that_RCPT_gave_is_kept_though_they_stand_for_the_same_mailbox()
    {
        var message = await Receive("alice@example.org", "boss@example.org", "team@example.org", "alice+news@example.org", "alice@example.org");
        Assert.Equal(
            ["alice@example.org", "boss@example.org", "team@example.org", "alice+news@example.org"],
            message.To.Select(path => path.ToString()));
        Assert.Equal(["alice@example.org", "bob@example.org"], message.RestsIn.Select(path => path.ToString()));
    }

    private static async Task<StoredMessage> Receive(params string[] recipients)
    {
        await using var server = await TestServer.FromText(Mx);
        await using var client = new DialogueClient(server.Server.Addresses[0], int.MaxValue);
        string[] lines =
        [
            "# A message for these recipients.", "S: 220 *", "C: EHLO client.example.net", "S: ...", "C: MAIL FROM:<carol@example.net>", "S: 250 *",
            .. recipients.SelectMany(recipient => new[] { $"C: RCPT TO:<{recipient}>", "S: 250 *" }),
            "C: DATA", "S: 354 *", "C: Subject: one", "C: .", "S: 250 *",
        ];
        Assert.Null(await client.Play(Dialogue.Parse("envelope.smtp", lines)));
        return Assert.Single((await server.Store.List(new MessageQuery(), TestContext.Current.CancellationToken)).Messages);
    }
}
