using System.Security.Cryptography.X509Certificates;
using Parley.Server.Delivery;
using Parley.Server.Listening;
using Parley.Server.Queue;
using Parley.Server.Tests.Dns;
using Parley.Server.Tests.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

/// <summary>Our client logs in at our own submission port, with TLS, for each mechanism that a route may name.</summary>
public sealed class SmarthostLoginTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly X509Certificate2 certificate = TestCertificate.For("relay.example");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("required", null)]
    [InlineData("required", "SCRAM-SHA-256-PLUS")]
    [InlineData("required", "SCRAM-SHA-256")]
    [InlineData("required", "PLAIN")]
    [InlineData("required", "LOGIN")]
    [InlineData("opportunistic", null)]
    public async Task A_route_with_a_user_logs_in(string tls, string? mechanism)
    {
        await using var relay = await Relay();
        var items = new ListItems().Add("b@example.net", "From: <a@example.org>\r\n\r\nHello\r\n");
        var visit = await Send(relay, tls, mechanism, "open-sesame", items);
        Assert.Equal(Visit.Done, visit);
        Assert.Equal("b@example.net delivered 250 2.0.0", string.Join(' ', items.Told.Single().Split(' ')[..4]));
        var stored = Assert.Single((await relay.Store.List(new MessageQuery(), Cancellation)).Messages);
        Assert.Equal("a@example.org", stored.Sender.ToString());
        var session = (await relay.Server.Sessions.List(null, 10, Cancellation)).Sessions.Single();
        Assert.Equal("relay", session.User);
        Assert.NotNull(session.Tls);
    }

    [Fact]
    public async Task A_wrong_password_keeps_the_mail_waiting_and_says_why()
    {
        await using var relay = await Relay();
        var visit = await Send(relay, "required", "PLAIN", "open-sesami", new ListItems().Add("b@example.net", "From: <a@example.org>\r\n\r\nHello\r\n"));
        var trouble = Assert.IsType<SendOutcome.Deferred>(visit.Trouble);
        Assert.Equal((535, SendPhase.Login), (trouble.Why.Code, trouble.Where));
    }

    public void Dispose()
    {
        certificate.Dispose();
        folder.Dispose();
    }

    private async Task<TestServer> Relay()
    {
        await File.WriteAllTextAsync(folder["cert.pem"], certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(folder["key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancellation);
        await File.WriteAllTextAsync(folder["password"], "open-sesame", Cancellation);
        return await TestServer.FromText($$"""
            { "hostname": "relay.example",
              "listeners": [ { "address": "127.0.0.1:0", "role": "submission" } ],
              "tls": { "certificateFile": "{{folder["cert.pem"]}}", "keyFile": "{{folder["key.pem"]}}" },
              "domains": { "example.net": { "mailboxes": ["b"] } },
              "users": { "relay": { "passwordFile": "{{folder["password"]}}", "addresses": ["a@example.org"] } } }
            """);
    }

    private async Task<Visit> Send(TestServer relay, string tls, string? mechanism, string password, ListItems items)
    {
        await File.WriteAllTextAsync(folder["secret"], password, Cancellation);
        var named = mechanism is null ? "null" : $"\"{mechanism}\"";
        var settings = ManagedQueue.Load($$"""
            { "hostname": "mx.example.org",
              "routes": [ { "match": "*", "smarthost": "relay.example:{{relay.Server.Addresses[0].Port}}", "tls": "{{tls}}", "user": "relay", "passwordFile": "{{folder["secret"]}}", "mechanism": {{named}} } ] }
            """);
        await using var way = new RemoteDelivery(settings, new RemoteParts(new TableDns().Address("relay.example", "127.0.0.1"), TimeProvider.System)
        {
            Authorities = [certificate],
            Binding = await ChannelBinding.Probe(Cancellation),
        });
        var hop = await way.Find(Direction.Of(settings.Routes[0]).Key, Cancellation);
        return await way.Deliver(hop, items, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }
}
