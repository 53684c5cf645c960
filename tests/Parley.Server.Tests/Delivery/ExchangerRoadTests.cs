using System.Net;
using Parley.Server.Queue;
using Parley.Server.Tests.Dns;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Delivery;

/// <summary>The whole road of a message to a foreign domain: queue, DNS, exchangers, in a running server.</summary>
public sealed class ExchangerRoadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_for_a_foreign_domain_goes_to_the_exchangers_that_DNS_names()
    {
        await using var peer = ScriptedPeer.Polite();
        await using var dns = ScriptedDns.Answering(question => (question.Name.ToLowerInvariant(), question.Type) switch
        {
            ("example.net", Server.Dns.DnsType.Mx) => question.Reply().Mx("example.net", 60, 10, "dead.example.net").Mx("example.net", 60, 20, "mx.example.net"),
            ("dead.example.net", Server.Dns.DnsType.A) => question.Reply().A("dead.example.net", 60, "127.0.0.9"),
            ("mx.example.net", Server.Dns.DnsType.A) => question.Reply().A("mx.example.net", 60, "127.0.0.1"),
            ("gone.example", _) => question.Reply().Code(3),
            _ => question.Reply().Soa("example.net", 60, 60),
        });
        await using var server = await TestServer.FromText($$"""
            { "hostname": "mx.example.org",
              "listeners": [ { "address": "127.0.0.1:0" } ],
              "domains": { "example.org": { "mailboxes": ["alice"] } },
              "dns": { "servers": ["{{dns.Address}}"] },
              "delivery": { "port": {{peer.Port}}, "allowPrivateAddresses": true } }
            """);
        await Put(server, "b@example.net");
        await Put(server, "b@gone.example");

        await ManagedQueue.Until(() => Task.FromResult(!peer.Contents.IsEmpty));
        await ManagedQueue.Until(async () => (await server.Store.Count(Cancellation)).Queued == 0);
        Assert.Equal("EHLO mx.example.org", peer.Heard.First());
        var report = Assert.Single((await server.Store.List(new MessageQuery(), Cancellation)).Messages, message => message.Sender.IsNull);
        Assert.Equal("alice@example.org", report.To.Single().ToString());
    }

    private static async Task Put(TestServer server, string to)
    {
        var message = await Mail.New(server.Store, new Envelope(Mail.From("alice@example.org"), [Mail.Going(to)]), TimeProvider.System.GetUtcNow());
        await using var content = message.Content;
        Assert.Equal(EnqueueResult.Stored, await server.Store.Enqueue(message, Cancellation));
        server.Server.QueueChanged();
    }
}
