using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Tests.Dns;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

/// <summary>
/// What a peer can do wrong, from a real socket to what the queue shows: the state of the recipient, whether it is tried
/// again, and the words.
/// </summary>
public sealed class PeerFaultTests
{
    // Only what a test waits for is short: a busy machine may be late anywhere else.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("", "421 4.3.2 shutting down", "421 4.3.2 shutting down")]
    [InlineData("EHLO", "421 4.3.2 shutting down", "421 4.3.2 shutting down")]
    [InlineData("MAIL", "421 4.3.2 shutting down", "421 4.3.2 shutting down")]
    [InlineData("RCPT", "421 4.3.2 shutting down", "421 4.3.2 shutting down")]
    [InlineData("DATA", "421 4.3.2 shutting down", "421 4.3.2 shutting down")]
    [InlineData(".", "421 4.3.2 shutting down", "421 4.3.2 shutting down")]
    [InlineData("", "450 4.7.1 who are you", "450 4.7.1 who are you")]
    [InlineData("", "554 5.7.1 your network is on a list", "554 5.7.1 your network is on a list")]
    [InlineData("MAIL", "451 4.3.0 no disk", "451 4.3.0 no disk")]
    [InlineData("RCPT", "450 4.2.0 greylisted", "450 4.2.0 greylisted")]
    [InlineData("DATA", "451 4.3.0 no disk", "451 4.3.0 no disk")]
    [InlineData(".", "451 4.7.1 the scanner is down", "451 4.7.1 the scanner is down")]
    [InlineData("", "!silence", "0 4.4.2 the server did not answer in time; tried again later (waiting for the greeting)")]
    [InlineData("EHLO", "!silence", "0 4.4.2 the server did not answer in time; tried again later (at EHLO)")]
    [InlineData("MAIL", "!silence", "0 4.4.2 the server did not answer in time; tried again later (at MAIL)")]
    [InlineData("RCPT", "!silence", "0 4.4.2 the server did not answer in time; tried again later (at RCPT)")]
    [InlineData("DATA", "!silence", "0 4.4.2 the server did not answer in time; tried again later (at DATA)")]
    [InlineData(".", "!silence", "0 4.4.2 the server did not answer in time; tried again later (after the message was sent, before its answer)")]
    [InlineData("", "!close", "0 4.4.2 the connection was lost; tried again later (waiting for the greeting)")]
    [InlineData("RCPT", "!close", "0 4.4.2 the connection was lost; tried again later (at RCPT)")]
    [InlineData(".", "!reset", "0 4.4.2 the connection was lost; tried again later (after the message was sent, before its answer)")]
    [InlineData("", "SSH-2.0-OpenSSH_9.2p1", "0 4.5.0 what the server sent is not SMTP; check which service listens there (waiting for the greeting)")]
    [InlineData("MAIL", "\u0001\u0002 nonsense", "0 4.5.0 what the server sent is not SMTP; check which service listens there (at MAIL)")]
    [InlineData("EHLO", "!megabyte", "0 4.5.0 the server's reply is longer than 64 KB; check which service listens there (at EHLO)")]
    [InlineData(".", "!megabyte", "0 4.5.0 the server's reply is longer than 64 KB; check which service listens there (after the message was sent, before its answer)")]
    [InlineData("MAIL", "250 fine\r\n250 fine\r\n354 go\r\n250 taken", "0 4.5.0 the server answered before it was asked, so that its answers cannot be told apart; tried again later (250 taken) (while the message was sent)")]
    [InlineData("RCPT", "354 go ahead", "0 4.5.0 the server's reply does not fit the command; tried again later (354 go ahead) (at RCPT)")]
    public async Task A_fault_for_a_time_is_tried_again_and_says_what_happened(string at, string answer, string words)
    {
        await using var peer = Peer(at, answer);
        await using var run = await Run.Start(peer, answer == "!silence" ? at : null);
        var recipient = await run.Tried();
        Assert.Equal(RecipientState.Deferred, recipient.State);
        Assert.Equal(1, recipient.Attempts);
        Assert.InRange(recipient.NextAttempt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(67));
        Assert.Equal(words, Words(recipient));
    }

    [Theory]
    [InlineData("MAIL", "550 5.7.1 not from there", "550 5.7.1 not from there")]
    [InlineData("RCPT", "550 5.1.1 no such user", "550 5.1.1 no such user")]
    [InlineData("DATA", "554 5.7.1 no", "554 5.7.1 no")]
    [InlineData(".", "550-5.7.26 neither SPF nor DKIM\r\n550 5.7.26 passed", "550 5.7.26 neither SPF nor DKIM passed")]
    [InlineData("", "521 5.3.2 no mail here", "521 5.3.2 no mail here")]
    [InlineData("EHLO", "250-mx\r\n250 SIZE 3", "Status: 5.3.4")]
    public async Task A_fault_for_good_ends_with_a_report_in_those_words(string at, string answer, string words)
    {
        await using var peer = Peer(at, answer);
        await using var run = await Run.Start(peer, sender: "alice@example.org");
        Assert.Contains(words, await run.Report(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_for_a_time_and_then_none_ends_in_delivery()
    {
        var greylisted = true;
        await using var peer = ScriptedPeer.Answering(line => line.StartsWith("RCPT", StringComparison.Ordinal) && Interlocked.Exchange(ref greylisted, false) ? "450 4.2.0 greylisted" : null);
        await using var run = await Run.Start(peer, retry: "50ms");
        await run.Queue.Empty();
        Assert.Single(peer.Contents, content => content.Length > 0); // the first attempt ended in an empty message for nobody
    }

    [Fact]
    public async Task One_refused_of_three_fails_alone()
    {
        await using var peer = ScriptedPeer.Answering(line => line.StartsWith("RCPT TO:<two", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null);
        await using var run = await Run.Start(peer, sender: "alice@example.org", to: ["one@example.net", "two@example.net", "three@example.net"]);
        var report = await run.Report();
        Assert.Contains("two@example.net", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Final-Recipient: rfc822;one@example.net", report, StringComparison.Ordinal);
        Assert.Single(peer.Contents);
    }

    [Theory]
    [InlineData("opportunistic", true)]
    [InlineData("required", false)]
    public async Task TLS_that_fails_is_gone_round_where_the_route_lets_it_and_else_said(string tls, bool delivered)
    {
        await using var peer = ScriptedPeer.Polite();
        peer.Keywords = ["STARTTLS"];
        await using var run = await Run.Start(peer, tls: tls);
        if (delivered)
        {
            await run.Queue.Empty();
            Assert.Single(peer.Contents);
            return;
        }

        var recipient = await run.Tried();
        Assert.Equal(RecipientState.Deferred, recipient.State);
        Assert.StartsWith("0 4.7.5 ", Words(recipient), StringComparison.Ordinal);
        Assert.EndsWith("TLS could not be set up; check the server's certificate and name (at STARTTLS)", Words(recipient), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_there_is_said_with_its_address()
    {
        var peer = ScriptedPeer.Polite();
        var port = peer.Port;
        await peer.DisposeAsync();
        await using var run = await Run.Start(port, Waiting(null), "none", "1h", "sender@example.net", ["b@example.net"]);
        Assert.Equal($"0 4.4.1 [127.0.0.1]:{port}: Connection refused: no connection; tried again later", Words(await run.Tried()));
    }

    [Fact]
    public async Task A_refusal_in_the_middle_of_a_large_message_is_heard_though_nothing_more_is_read()
    {
        await using var peer = InTheMiddle("552 5.3.4 that is too much", talk => talk.Silence());
        await using var run = await Run.Start(peer, sender: "alice@example.org", octets: 20_000_000);
        Assert.Contains("that is too much", await run.Report(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_welcome_in_the_middle_of_a_large_message_is_not_believed()
    {
        await using var peer = InTheMiddle("250 2.0.0 that will do", talk => talk.HearContent());
        await using var run = await Run.Start(peer, octets: 20_000_000);
        Assert.Equal(
            "0 4.5.0 the server answered before it was asked, so that its answers cannot be told apart; tried again later (250 2.0.0 that will do) (while the message was sent)",
            Words(await run.Tried()));
    }

    private static ScriptedPeer InTheMiddle(string answer, Func<PeerTalk, Task> then) => new(async talk =>
    {
        await talk.Say("220 peer.example");
        foreach (var usual in new[] { "250 peer.example", "250 fine", "250 fine", "354 go ahead" })
        {
            await talk.Hear();
            await talk.Say(usual);
        }

        await talk.Await(100_000);
        await talk.Say(answer);
        await then(talk);
    });

    private static ScriptedPeer Peer(string at, string answer) => ScriptedPeer.Answering(line =>
        line.Split(' ')[0] != at ? null
        : answer == "!megabyte" ? string.Concat(Enumerable.Repeat("250-" + new string('x', 100) + "\r\n", 10_000)) + "250 end"
        : answer);

    private static SendTimeouts Waiting(string? silentAt)
    {
        TimeSpan For(string step) => step == silentAt ? Short : Long;
        return new()
        {
            Connect = Long,
            Greeting = For(""),
            Hello = For("EHLO"),
            Handshake = Long,
            Mail = For("MAIL"),
            Recipient = For("RCPT"),
            Data = For("DATA"),
            Content = Long,
            Answer = For("."),
            Quit = Short,
        };
    }

    private static string Words(QueueRecipient recipient)
    {
        var reply = recipient.LastReply!;
        return $"{reply.Code} {reply.Enhanced} {reply.Text}";
    }

    private sealed class Run(ManagedQueue queue, RemoteDelivery way, QueueId id) : IAsyncDisposable
    {
        public ManagedQueue Queue => queue;

        public static Task<Run> Start(ScriptedPeer peer, string? silentAt = null, string tls = "none", string retry = "1h", string sender = "sender@example.net", string[]? to = null, int octets = 100) =>
            Start(peer.Port, Waiting(silentAt), tls, retry, sender, to ?? ["b@example.net"], octets);

        public static async Task<Run> Start(int port, SendTimeouts timeouts, string tls, string retry, string sender, string[] to, int octets = 100)
        {
            var queue = await ManagedQueue.Open($$"""{ "retry": ["{{retry}}"] }""");
            var route = ManagedQueue.Load($$"""{ "routes": [ { "match": "*", "smarthost": "127.0.0.1:{{port}}", "tls": "{{tls}}" } ] }""").Routes[0];
            var way = new RemoteDelivery(queue.Settings with { Routes = [route] }, new RemoteParts(new TableDns(), TimeProvider.System) { Timeouts = timeouts });
            var manager = queue.Start(new Ways(new LocalDelivery(() => queue.Settings), way, () => false));
            var destination = Direction.Of(route).Key;
            var envelope = new Envelope(Server.Tests.Queue.Mail.From(sender), [.. to.Select(address => Server.Tests.Queue.Mail.Going(address, destination))]);
            var content = "Subject: hello\r\n\r\n"u8.ToArray().Concat(Enumerable.Repeat("0123456789 hello\r\n"u8.ToArray(), octets / 18).SelectMany(line => line)).ToArray();
            var message = await queue.Put(manager, envelope, octets: content);
            return new Run(queue, way, message.Id);
        }

        public async Task<QueueRecipient> Tried()
        {
            QueueRecipient? recipient = null;
            await ManagedQueue.Until(async () => (recipient = await queue.Recipient(id)).State is RecipientState.Deferred or RecipientState.Failed);
            return recipient!;
        }

        /// <summary>The text of the report that came to the sender.</summary>
        public async Task<string> Report()
        {
            await ManagedQueue.Until(async () => (await queue.Reports()).Count > 0);
            var report = Assert.Single(await queue.Reports());
            await using var content = await queue.Store.OpenContent(report.Id, default);
            using var reader = new StreamReader(content!);
            return await reader.ReadToEndAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await queue.DisposeAsync();
            await way.DisposeAsync();
        }
    }
}
