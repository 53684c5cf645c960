using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Tests.Dns;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;

namespace Parley.Server.Tests.Delivery;

public sealed class RemoteDeliveryTests : IAsyncDisposable
{
    private readonly TableDns dns = new();
    private readonly List<RemoteDelivery> ways = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_octet_for_octet_and_the_peer_is_named()
    {
        await using var peer = ScriptedPeer.Polite();
        var items = new ListItems().Add("b@example.net,c@example.net", ".dot\r\n..\r\n\r\nend without end");
        Assert.Equal(Visit.Done, await Send(To(peer), items));
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken", "c@example.net delivered 250 2.0.0 taken"], items.Told);
        Assert.Equal([$"[127.0.0.1]:{peer.Port}"], items.Peers);
        Assert.Equal("..dot\r\n...\r\n\r\nend without end\r\n", Encoding.UTF8.GetString(peer.Contents.Single()));
        Assert.Contains("MAIL FROM:<a@example.org> SIZE=27", peer.Heard);
    }

    [Theory]
    [InlineData("PIPELINING", "8BITMIME")]
    [InlineData("PIPELINING", "CHUNKING")]
    [InlineData("8BITMIME")]
    public async Task A_large_message_arrives_whole_in_every_way_of_sending(params string[] keywords)
    {
        await using var peer = ScriptedPeer.Polite();
        peer.Keywords = keywords;
        var content = Enumerable.Repeat(".0123456789 a line of a large message\r\n"u8.ToArray(), 20_000).SelectMany(line => line).ToArray();
        var items = new ListItems().Add("b@example.net", content).Add("b@example.net", "small\r\n");
        items.Wrap = static stream => new DripStream(stream);
        await Send(To(peer), items);
        Assert.All(items.Told, told => Assert.Equal("b@example.net delivered 250 2.0.0 taken", told));
        var wire = keywords.Contains("CHUNKING") ? content : Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(content).Replace(".012", "..012", StringComparison.Ordinal));
        Assert.Equal(wire, peer.Contents.First());
    }

    [Fact]
    public async Task Many_messages_go_over_one_connection_and_the_next_visit_takes_it_up()
    {
        await using var peer = ScriptedPeer.Polite();
        var way = To(peer);
        await Send(way, new ListItems().Add("b@example.net").Add("c@example.net").Add("d@example.net"));
        await Send(way, new ListItems().Add("e@example.net"));
        Assert.Equal(1, peer.Connections);
        Assert.Equal(4, peer.Contents.Count);
        Assert.DoesNotContain("RSET", peer.Heard);
        await way.DisposeAsync();
        await ManagedQueue.Until(() => Task.FromResult(peer.Heard.Contains("QUIT")));
    }

    [Fact]
    public async Task An_idle_connection_is_ended_after_its_time()
    {
        await using var peer = ScriptedPeer.Polite();
        await Send(To(peer, parts: parts => parts with { KeepIdle = TimeSpan.FromMilliseconds(50) }), new ListItems().Add("b@example.net"));
        await ManagedQueue.Until(() => Task.FromResult(peer.Heard.Contains("QUIT")));
    }

    [Theory]
    [InlineData("!close")]
    [InlineData("!reset")]
    [InlineData("421 4.4.2 idle for too long")]
    public async Task A_connection_that_the_peer_has_tired_of_costs_no_attempt(string tired)
    {
        var first = true;
        await using var peer = new ScriptedPeer(talk => talk.Serve(line => line.StartsWith("MAIL", StringComparison.Ordinal) && talk.Number == 1 && !Interlocked.Exchange(ref first, false) ? tired : null));
        peer.Keywords = ["8BITMIME"];
        var items = new ListItems().Add("b@example.net").Add("c@example.net");
        Assert.Equal(Visit.Done, await Send(To(peer), items));
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken", "c@example.net delivered 250 2.0.0 taken"], items.Told);
        Assert.Equal(2, peer.Connections);
    }

    [Fact]
    public async Task A_421_that_stands_in_an_idle_connection_costs_no_attempt()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.Serve(line => line == "." && talk.Number == 1 ? "250 2.0.0 taken\r\n421 4.3.2 and now goodbye" : null);
        });
        var items = new ListItems().Add("b@example.net").Add("c@example.net");
        await Send(To(peer), items);
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken", "c@example.net delivered 250 2.0.0 taken"], items.Told);
        Assert.Equal(2, peer.Connections);
    }

    [Theory]
    [InlineData("421 4.3.2 too busy")]
    [InlineData("554 5.7.1 not you")]
    [InlineData("!close")]
    public async Task A_host_that_does_not_serve_us_is_left_for_the_next_and_tried_last_for_a_while(string greeting)
    {
        var (bad, good) = await OnOnePort(line => line.Length == 0 ? greeting : null);
        await using var first = bad;
        await using var second = good;
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1").Mx("example.net", 20, "mx2.example.net").Address("mx2.example.net", "127.0.0.2");
        var way = Way(bad.Port);
        for (var n = 0; n < 2; n++)
        {
            var items = new ListItems().Add("b@example.net");
            Assert.Equal(Visit.Done, await Send(way, items, "example.net"));
            Assert.Equal(["b@example.net delivered 250 2.0.0 taken"], items.Told);
            Assert.Equal([$"mx2.example.net [127.0.0.2]:{bad.Port}"], items.Peers);
        }

        Assert.Equal(1, bad.Connections);
    }

    // A port that is free on one address of loopback may be taken on another.
    private static async Task<(ScriptedPeer Bad, ScriptedPeer Good)> OnOnePort(Func<string, string?> answer)
    {
        for (var tries = 0; ; tries++)
        {
            var bad = ScriptedPeer.Answering(answer);
            try
            {
                return (bad, new ScriptedPeer(talk => talk.Serve(static _ => null), new IPEndPoint(IPAddress.Parse("127.0.0.2"), bad.Port)));
            }
            catch (SocketException) when (tries < 20)
            {
                await bad.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_host_that_dies_before_the_content_is_left_for_the_next_at_once()
    {
        var (bad, good) = await OnOnePort(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "421 4.3.0 going down" : null);
        await using var first = bad;
        await using var second = good;
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1", "127.0.0.2");
        var items = new ListItems().Add("b@example.net");
        await Send(Way(bad.Port), items, "example.net");
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken"], items.Told);
    }

    [Theory]
    [InlineData("MAIL", "452 4.3.1 no disk")]
    [InlineData("RCPT", "450 4.2.0 greylisted")]
    [InlineData("DATA", "451 4.3.0 no disk")]
    [InlineData(".", "451 4.7.1 the scanner is down")]
    public async Task What_a_host_refuses_for_now_the_next_is_asked_to_take(string at, string refusal)
    {
        var (bad, good) = await OnOnePort(line => line.StartsWith(at, StringComparison.Ordinal) ? refusal : null);
        await using var first = bad;
        await using var second = good;
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1").Mx("example.net", 20, "mx2.example.net").Address("mx2.example.net", "127.0.0.2");
        var items = new ListItems().Add("b@example.net").Add("c@example.net");
        Assert.Equal(Visit.Done, await Send(Way(bad.Port), items, "example.net"));
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken", "c@example.net delivered 250 2.0.0 taken"], items.Told);
        Assert.All(items.Peers, peer => Assert.StartsWith("mx2.example.net ", peer, StringComparison.Ordinal));
        Assert.Equal((1, 1), (bad.Connections, good.Connections));
        Assert.Equal(2, bad.Heard.Count(line => line.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("RCPT TO:<c", "450 4.2.0 greylisted", "b@example.net delivered 250 2.0.0 taken", "c@example.net deferred 450 4.2.0 greylisted at Recipient")]
    [InlineData("RCPT", "550 5.1.1 unknown", "b@example.net failed 550 5.1.1 unknown at Recipient", "c@example.net failed 550 5.1.1 unknown at Recipient")]
    [InlineData("RCPT", "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)", "b@example.net deferred 451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719) at Recipient", "c@example.net deferred 451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719) at Recipient")]
    [InlineData("RCPT", "421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address", "b@example.net deferred 421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address at Recipient", "c@example.net deferred 421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address at Recipient")]
    public async Task The_next_host_is_not_asked_after_a_judgement_a_success_or_a_plea_to_slow_down(string at, string refusal, string b, string c)
    {
        var (bad, good) = await OnOnePort(line => line.StartsWith(at, StringComparison.Ordinal) ? refusal : null);
        await using var first = bad;
        await using var second = good;
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1").Mx("example.net", 20, "mx2.example.net").Address("mx2.example.net", "127.0.0.2");
        var items = new ListItems().Add("b@example.net,c@example.net");
        await Send(Way(bad.Port), items, "example.net");
        Assert.Equal([b, c], items.Told);
        Assert.Equal(0, good.Connections);
    }

    [Fact]
    public async Task When_the_next_host_does_not_answer_the_first_ones_words_are_told()
    {
        await using var peer = ScriptedPeer.Answering(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "450 4.2.0 greylisted" : null);
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1").Mx("example.net", 20, "mx2.example.net").Address("mx2.example.net", "127.0.0.3");
        var items = new ListItems().Add("b@example.net").Add("c@example.net");
        Assert.Equal(Visit.Done, await Send(Way(peer.Port), items, "example.net"));
        Assert.Equal(["b@example.net deferred 450 4.2.0 greylisted at Recipient", "c@example.net deferred 450 4.2.0 greylisted at Recipient"], items.Told);
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task When_no_host_can_be_reached_the_visit_ends_in_trouble_and_nothing_is_told_of_messages()
    {
        var port = FreePort();
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1", "127.0.0.2");
        var items = new ListItems().Add("b@example.net").Add("c@example.net");
        var visit = await Send(Way(port), items, "example.net");
        var trouble = Assert.IsType<SendOutcome.Deferred>(visit.Trouble);
        Assert.Equal(("no-connection", SendPhase.Connect, ""), (trouble.Why.Id, trouble.Where, visit.Peer));
        Assert.Equal($"mx1.example.net [127.0.0.1]:{port}: Connection refused: no connection; tried again later", trouble.Why.Text);
        Assert.Empty(items.Told);
    }

    [Fact]
    public async Task Of_all_failures_the_one_is_told_that_got_furthest()
    {
        await using var busy = ScriptedPeer.Answering(line => line.StartsWith("EHLO", StringComparison.Ordinal) ? "450 4.3.2 later" : null);
        dns.Mx("example.net", 10, "mx1.example.net").Address("mx1.example.net", "127.0.0.1").Mx("example.net", 20, "mx2.example.net").Address("mx2.example.net", "127.0.0.3");
        var visit = await Send(Way(busy.Port), new ListItems().Add("b@example.net"), "example.net");
        Assert.Equal("deferred 450 4.3.2 later at Hello", ListItems.Describe(visit.Trouble!));
        Assert.Equal($"mx1.example.net [127.0.0.1]:{busy.Port}", visit.Peer);
    }

    [Fact]
    public async Task One_message_that_kills_its_connection_waits_alone_and_the_second_in_a_row_ends_the_visit()
    {
        await using var peer = ScriptedPeer.Answering(line => line.Contains("poison", StringComparison.Ordinal) ? "!close" : null);
        var items = new ListItems().Add("poison@example.net").Add("b@example.net").Add("poison@example.net").Add("poison2@example.net").Add("c@example.net");
        var visit = await Send(To(peer), items);
        Assert.Equal(
            ["poison@example.net deferred connection-lost at Recipient", "b@example.net delivered 250 2.0.0 taken", "poison@example.net deferred connection-lost at Recipient", "poison2@example.net deferred connection-lost at Recipient"],
            items.Told);
        Assert.Equal("deferred connection-lost at Recipient", ListItems.Describe(visit.Trouble!));
    }

    [Fact]
    public async Task A_connection_that_has_served_as_long_as_the_hop_allows_is_ended_and_no_trouble()
    {
        await using var peer = ScriptedPeer.Answering(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "450 4.2.0 greylisted" : null);
        peer.Keywords = ["8BITMIME", "LIMITS MAILMAX=1"];
        var items = new ListItems().Add("b@example.net").Add("c@example.net").Add("d@example.net");
        Assert.Equal(Visit.Done, await Send(To(peer), items));
        Assert.Equal(3, items.Told.Count);
        Assert.All(items.Told, told => Assert.EndsWith("deferred 450 4.2.0 greylisted at Recipient", told, StringComparison.Ordinal));
        Assert.Equal(3, peer.Connections);
        await ManagedQueue.Until(() => Task.FromResult(peer.Heard.Count(line => line == "QUIT") == 3));
    }

    [Fact]
    public async Task TLS_is_taken_where_it_is_offered_whatever_the_certificate()
    {
        await using var peer = ScriptedPeer.Polite();
        peer.Keywords = ["STARTTLS"];
        peer.Certificate = TestCertificate.For("other.example", expired: true);
        var items = new ListItems().Add("b@example.net");
        await Send(To(peer, "opportunistic"), items);
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken"], items.Told);
        Assert.Equal(["EHLO mx.example.org", "STARTTLS", "EHLO mx.example.org"], peer.Heard.Take(3));
    }

    [Fact]
    public async Task Broken_TLS_is_gone_round_in_clear_on_a_new_connection_and_remembered()
    {
        await using var peer = new ScriptedPeer(talk => talk.Serve(line => line == "STARTTLS" ? "220 go\r\n250 this is no handshake" : null));
        peer.Keywords = ["PIPELINING", "STARTTLS"];
        var way = To(peer, "opportunistic", parts => parts with { KeepIdle = TimeSpan.FromMilliseconds(1) });
        for (var n = 0; n < 2; n++)
        {
            var items = new ListItems().Add("b@example.net");
            Assert.Equal(Visit.Done, await Send(way, items));
            Assert.Equal(["b@example.net delivered 250 2.0.0 taken"], items.Told);
            await ManagedQueue.Until(() => Task.FromResult(way.Idle.Count == 0));
        }

        Assert.Single(peer.Heard, "STARTTLS");
        Assert.Equal(3, peer.Connections);
    }

    [Fact]
    public async Task Required_TLS_goes_only_to_a_host_with_the_right_certificate()
    {
        var mine = TestCertificate.For("relay.example");
        Assert.Equal("delivered", await SendRequired(mine, [mine]));
        Assert.Equal("relay.example: the server's certificate leads to no authority that this machine trusts", await SendRequired(mine, [TestCertificate.For("else.example")]));
        var other = TestCertificate.For("other.example");
        Assert.Equal("relay.example: the server's certificate does not name relay.example", await SendRequired(other, [other]));
        var old = TestCertificate.For("relay.example", expired: true);
        Assert.Equal("relay.example: the server's certificate has expired or is not yet valid", await SendRequired(old, [old]));
    }

    [Fact]
    public async Task Required_TLS_is_never_gone_round()
    {
        await using var without = ScriptedPeer.Polite();
        var visit = await Send(To(without, "required"), new ListItems().Add("b@example.net"));
        Assert.Equal("deferred tls-not-offered at Tls", ListItems.Describe(visit.Trouble!));

        await using var broken = new ScriptedPeer(talk => talk.Serve(line => line == "STARTTLS" ? "220 go\r\n250 injected" : null));
        broken.Keywords = ["STARTTLS"];
        visit = await Send(To(broken, "required"), new ListItems().Add("b@example.net"));
        Assert.Equal("deferred tls-failed at Tls", ListItems.Describe(visit.Trouble!));
        Assert.DoesNotContain(broken.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LMTP_over_a_socket_file_answers_for_each_recipient()
    {
        using var folder = new Queue.TemporaryFolder();
        var answers = new System.Collections.Concurrent.ConcurrentQueue<string>(["250 2.0.0 saved", "452 4.2.2 full"]);
        await using var peer = new ScriptedPeer(
            talk => talk.Serve(line => line == "." && answers.TryDequeue(out var answer) ? answer : null, lmtp: true),
            new System.Net.Sockets.UnixDomainSocketEndPoint(folder["lmtp"]));
        var items = new ListItems().Add("b@example.net,c@example.net");
        var way = Way(25, $$"""{ "match": "*", "lmtp": "unix:{{folder["lmtp"]}}" }""");
        var hop = await way.Find($"lmtp:unix:{folder["lmtp"]}", Cancellation);
        Assert.True(hop.IsFinal);
        await way.Deliver(hop, items, Cancellation);
        Assert.Equal(["b@example.net delivered 250 2.0.0 saved", "c@example.net deferred 452 4.2.2 full at Answer"], items.Told);
        Assert.Equal([$"unix:{folder["lmtp"]}"], items.Peers);
        Assert.Equal("LHLO mx.example.org", peer.Heard.First());
    }

    [Fact]
    public async Task What_the_hop_lacks_matters_only_where_the_content_needs_it()
    {
        await using var peer = ScriptedPeer.Polite();
        peer.Keywords = ["PIPELINING"];
        var eight = new Envelope(ReversePath.Parse("a@example.org")!, []) { Body = BodyType.EightBitMime, Utf8 = true };
        var items = new ListItems()
            .Add("b@example.net", "plain\r\n"u8.ToArray(), eight)
            .Add("c@example.net", "schön\r\n"u8.ToArray(), eight with { Utf8 = false })
            .Add("d@example.net", "schön\r\n"u8.ToArray(), eight)
            .Add("e@example.net", "plain\r\n"u8.ToArray(), eight with { Body = BodyType.BinaryMime, Utf8 = false });
        await Send(To(peer), items);
        Assert.Equal(
            ["b@example.net delivered 250 2.0.0 taken", "c@example.net failed needs-8bitmime at Mail", "d@example.net failed needs-smtputf8 at Mail", "e@example.net failed needs-binarymime at Mail"],
            items.Told);
        Assert.Contains("MAIL FROM:<a@example.org>", peer.Heard);
    }

    [Fact]
    public async Task Recipients_in_rounds_get_the_content_each_time()
    {
        await using var peer = ScriptedPeer.Polite();
        peer.Keywords = ["PIPELINING", "LIMITS RCPTMAX=1"];
        var items = new ListItems().Add("b@example.net,c@example.net,d@example.net");
        await Send(To(peer), items);
        Assert.Equal(3, items.Told.Count(told => told.Contains("delivered", StringComparison.Ordinal)));
        Assert.Equal(3, peer.Contents.Count);
        Assert.Equal(3, items.Opened);
    }

    [Fact]
    public async Task A_thousand_recipients_go_in_groups_that_block_nobody()
    {
        await using var peer = ScriptedPeer.Polite();
        var items = new ListItems().Add(string.Join(',', Enumerable.Range(0, 1000).Select(n => $"r{n}@example.net")));
        await Send(To(peer), items);
        Assert.Equal(1000, items.Told.Count(told => told.EndsWith("delivered 250 2.0.0 taken", StringComparison.Ordinal)));
        Assert.Equal(10, peer.Contents.Count);
    }

    [Fact]
    public async Task A_content_that_cannot_be_read_waits_and_harms_nobody_else()
    {
        await using var peer = ScriptedPeer.Polite();
        var items = new ListItems().Add("b@example.net").Add("c@example.net", new string('x', 200_000) + "\r\n").Add("d@example.net");
        items.Lose(1);
        items.Wrap = static stream => stream.Length > 100_000 ? new BrokenStream(stream) : stream;
        await Send(To(peer), items);
        Assert.Equal(
            ["b@example.net deferred content-unreadable at Content", "c@example.net deferred content-unreadable at Content", "d@example.net delivered 250 2.0.0 taken"],
            items.Told);
        Assert.Single(peer.Contents);
    }

    [Fact]
    public async Task Mail_goes_where_the_routes_of_now_lead()
    {
        await using var peer = ScriptedPeer.Polite();
        var way = To(peer);
        way.Settings = way.Settings with { Domains = ManagedQueue.Load("""{ "domains": { "ours.example": {} } }""").Domains };
        var hop = await way.Find("smtp:wrong.example:25", Cancellation);
        Assert.Null(hop.End);
        var items = new ListItems().Add("b@example.net,c@ours.example");
        Assert.Equal(Visit.Done, await way.Deliver(hop, items, Cancellation));
        Assert.Equal(["b@example.net delivered 250 2.0.0 taken", "c@ours.example deferred route-gone at Route"], items.Told);
    }

    [Fact]
    public async Task A_destination_that_leads_nowhere_says_so_before_any_visit()
    {
        dns.Mx("null.example", 0, ".");
        var way = Way(25);
        Assert.Equal("failed null-mx at Route", ListItems.Describe((await way.Find("null.example", Cancellation)).End!));
        Assert.Equal("failed no-such-domain at Route", ListItems.Describe((await way.Find("nobody.example", Cancellation)).End!));
        way = Way(25, """{ "match": "*", "smarthost": "nohost.example:25" }""");
        Assert.Equal("deferred route-host-unknown at Route", ListItems.Describe((await way.Find("smtp:nohost.example:25", Cancellation)).End!));
    }

    [Fact]
    public async Task Ending_a_visit_ends_its_waits_at_once()
    {
        await using var peer = ScriptedPeer.Answering(line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "!silence" : null);
        using var stop = new CancellationTokenSource();
        var way = To(peer);
        var hop = await way.Find(way.Settings.Routes.Count > 0 ? Direction.Of(way.Settings.Routes[0]).Key : "", Cancellation);
        var visit = way.Deliver(hop, new ListItems().Add("b@example.net"), stop.Token);
        await ManagedQueue.Until(() => Task.FromResult(peer.Heard.Any(line => line.StartsWith("MAIL", StringComparison.Ordinal))));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => visit.WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var way in ways)
        {
            await way.DisposeAsync();
        }
    }

    private async Task<string> SendRequired(X509Certificate2 certificate, X509Certificate2[] authorities)
    {
        await using var peer = ScriptedPeer.Polite();
        peer.Keywords = ["STARTTLS"];
        peer.Certificate = certificate;
        var way = Way(25, $$"""{ "match": "*", "smarthost": "relay.example:{{peer.Port}}", "tls": "required" }""", parts => parts with { Authorities = [.. authorities] });
        var items = new ListItems().Add("b@example.net");
        var visit = await Send(dns.Address("relay.example", "127.0.0.1"), way, items);
        return visit.Trouble is SendOutcome.Deferred { Why: { Id: "tls-failed" } why }
            ? "relay.example: " + why.Text[..why.Text.IndexOf(": TLS", StringComparison.Ordinal)]
            : items.Told.Single().Split(' ')[1];
    }

    private Task<Visit> Send(TableDns _, RemoteDelivery way, ListItems items) => Send(way, items);

    private static async Task<Visit> Send(RemoteDelivery way, ListItems items, string? destination = null)
    {
        var hop = await way.Find(destination ?? Direction.Of(way.Settings.Routes[0]).Key, Cancellation);
        Assert.Null(hop.End);
        return await way.Deliver(hop, items, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }

    private RemoteDelivery To(ScriptedPeer peer, string tls = "none", Func<RemoteParts, RemoteParts>? parts = null) =>
        Way(25, $$"""{ "match": "*", "smarthost": "127.0.0.1:{{peer.Port}}", "tls": "{{tls}}" }""", parts);

    private RemoteDelivery Way(int port, string route = "", Func<RemoteParts, RemoteParts>? parts = null)
    {
        var settings = ManagedQueue.Load($$"""
            { "hostname": "mx.example.org", "domains": { "example.org": {} }, "routes": [{{route}}],
              "delivery": { "port": {{port}}, "allowPrivateAddresses": true } }
            """);
        var given = new RemoteParts(dns, TimeProvider.System);
        var way = new RemoteDelivery(settings, parts?.Invoke(given) ?? given);
        ways.Add(way);
        return way;
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Gives what it has in pieces of odd lengths.</summary>
    private sealed class DripStream(Stream inner) : ReadStream(inner)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Inner.ReadAsync(buffer[..Math.Min(buffer.Length, 7777)], cancellationToken);
    }

    /// <summary>A disk that fails after a while.</summary>
    private sealed class BrokenStream(Stream inner) : ReadStream(inner)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Inner.Position > 100_000 ? throw new IOException("the disk is broken") : Inner.ReadAsync(buffer, cancellationToken);
    }

    private abstract class ReadStream(Stream inner) : Stream
    {
        protected Stream Inner { get; } = inner;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => Inner.Length;

        public override long Position
        {
            get => Inner.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read without blocking");

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
