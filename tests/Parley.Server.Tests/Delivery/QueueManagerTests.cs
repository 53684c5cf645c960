using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Tests.Queue;
using Parley.Smtp.Sending;
using static Parley.Server.Tests.Delivery.ScriptedDeliverer;

namespace Parley.Server.Tests.Delivery;

public sealed class QueueManagerTests
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    [Fact]
    public async Task A_message_that_comes_goes_out_at_once_and_is_gone()
    {
        await using var queue = await ManagedQueue.Open();
        var manager = queue.Start();

        await queue.Put(manager, Mail.Going("bob@example.com"), Mail.Going("carol@example.net"));
        await queue.Empty();

        Assert.Equal(["bob@example.com", "carol@example.net"], queue.Way.Offered.Select(one => one.Address).Order(StringComparer.Ordinal));
        Assert.Equal(0, (await queue.Store.Count(default)).Messages);
    }

    [Fact]
    public async Task What_waited_while_nobody_delivered_goes_out_at_start()
    {
        await using var queue = await ManagedQueue.Open();
        for (var i = 0; i < 300; i++)
        {
            await queue.Put(null, Mail.Going($"u@d{i % 40}.example"));
        }

        queue.Start();
        await queue.Empty();

        Assert.Equal(300, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task A_4yz_is_tried_again_and_what_was_said_is_kept_until_then()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["300ms"] }""");
        var ready = false;
        queue.Way.Answer = (_, _) => Volatile.Read(ref ready) ? Replies.Taken : Replies.Later;
        var manager = queue.Start();
        var message = await queue.Put(manager, Mail.Going("bob@example.com"));

        await ManagedQueue.Until(async () => (await queue.Store.Count(default)).Deferred == 1);
        var recipient = await queue.Recipient(message.Id);
        Assert.Equal(new AttemptReply(451, "4.3.0", "come back later", "mx.example.com [192.0.2.1]"), recipient.LastReply);
        Assert.True(recipient.Attempts >= 1);

        Volatile.Write(ref ready, true);
        await queue.Empty();
        Assert.True(queue.Way.Offered.Count > recipient.Attempts);
        Assert.Empty(await queue.Reports());
    }

    [Fact]
    public async Task A_5yz_ends_in_a_report_in_the_sender_s_mailbox()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Answer = (_, _) => Replies.Refused;
        var manager = queue.Start();
        await queue.Put(manager, Mail.Envelope(Mail.Going("nobody@example.com")) with { Sender = Mail.From("alice@example.org") });

        await queue.Empty();

        var report = Assert.Single(await queue.Reports());
        Assert.Equal(["alice@example.org"], report.RestsIn.Select(path => path.ToString()));
        Assert.Single(queue.Way.Offered);
    }

    [Fact]
    public async Task A_report_to_a_sender_elsewhere_goes_out_by_the_same_road_from_the_null_sender()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Answer = (message, _) => message.Envelope.Sender.IsNull ? Replies.Taken : Replies.Refused;
        var manager = queue.Start();
        await queue.Put(manager, Mail.Going("nobody@example.com"));

        await ManagedQueue.Until(() => Task.FromResult(queue.Way.Offered.Count == 2));
        await queue.Empty();

        Assert.Equal("sender@example.net", queue.Way.Offered.Last().Address);
    }

    [Theory]
    [InlineData(false, false, "Action: relayed")]
    [InlineData(true, false, null)] // the next hop reports by itself
    [InlineData(false, true, "Action: delivered")]
    public async Task A_success_is_reported_where_it_was_asked_for_and_nobody_else_will(bool passedOn, bool isFinal, string? expected)
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.IsFinal = isFinal;
        queue.Way.Answer = (_, _) => passedOn ? Replies.TakenWithDsn : Replies.Taken;
        var manager = queue.Start();
        var envelope = Mail.Envelope(
            Mail.Going("bob@example.com") with { Notify = Smtp.Serving.DsnNotify.Success },
            Mail.Going("carol@example.com"));
        await queue.Put(manager, envelope with { Sender = Mail.From("alice@example.org") });

        await queue.Empty();

        var reports = await queue.Reports();
        Assert.Equal(expected is null ? 0 : 1, reports.Count);
        if (expected is not null)
        {
            var text = System.Text.Encoding.UTF8.GetString((await Mail.Read(queue.Store, reports[0].Id))!);
            Assert.Contains(expected, text, StringComparison.Ordinal);
            Assert.DoesNotContain("carol", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("alice@example.org", "Action: delivered")]
    [InlineData("friends@example.org", "Action: expanded")]
    public async Task A_success_in_a_mailbox_of_ours_is_reported_from_the_server_itself(string to, string expected)
    {
        await using var server = await TestServer.FromText("""
            { "hostname": "mx.example.org", "listeners": [ { "address": "127.0.0.1:0" } ], "http": { "address": null }, "dns": { "servers": ["127.0.0.1:1"] },
              "domains": { "example.org": { "mailboxes": ["alice", "bob"], "aliases": { "friends": ["alice", "bob"] } } } }
            """);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(server.Server.Addresses[0]);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"EHLO x.example\r\nMAIL FROM:<bob@example.org> ENVID=QQ1\r\nRCPT TO:<{to}> NOTIFY=SUCCESS\r\nDATA\r\nSubject: hello\r\n\r\nhello\r\n.\r\nQUIT\r\n"));
        await ManagedQueue.Until(async () => (await server.Store.List(new MessageQuery(), default)).Messages.Count == 2);

        var report = (await server.Store.List(new MessageQuery(), default)).Messages.Single(message => message.Sender.IsNull);
        var text = System.Text.Encoding.UTF8.GetString((await Mail.Read(server.Store, report.Id))!);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Contains("Original-Envelope-Id: QQ1", text, StringComparison.Ordinal);
        Assert.Equal(["bob@example.org"], report.RestsIn.Select(path => path.ToString()));
    }

    [Fact]
    public async Task A_message_from_the_null_sender_fails_without_a_report()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Answer = (_, _) => Replies.Refused;
        var manager = queue.Start();
        await queue.Put(manager, Mail.Envelope(Mail.Going("nobody@example.com")) with { Sender = Mail.From("") });

        await queue.Empty();

        Assert.Equal(0, (await queue.Store.Count(default)).Messages);
    }

    [Fact]
    public async Task A_destination_that_leads_nowhere_fails_all_that_waits_there()
    {
        await using var queue = await ManagedQueue.Open();
        for (var i = 0; i < 450; i++)
        {
            await queue.Put(null, Mail.Going($"u{i}@nowhere.example"));
        }

        queue.Way.End = destination => destination == "nowhere.example" ? new SendOutcome.Failed(SendCauses.NullMx, SendPhase.Route) : null;
        queue.Start();
        await queue.Empty();

        Assert.All(queue.Way.Offered, one => Assert.Equal("sender@example.net", one.Address));
        Assert.Equal(450, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task When_its_time_is_over_a_deferred_message_is_given_up_after_one_more_attempt()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"], "giveUpAfter": "4s", "warnAfter": null }""");
        queue.Way.Answer = (_, _) => Replies.Later;
        var manager = queue.Start();
        await queue.Put(manager, Mail.Envelope(Mail.Going("bob@example.com")) with { Sender = Mail.From("alice@example.org") });

        await queue.Empty();

        Assert.Equal(2, queue.Way.Offered.Count);
        Assert.Single(await queue.Reports());
    }

    [Fact]
    public async Task The_sender_is_told_of_a_delay_once()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["100ms"], "warnAfter": "300ms" }""");
        queue.Way.Answer = (_, _) => Replies.Later;
        var manager = queue.Start();
        await queue.Put(manager, Mail.Envelope(Mail.Going("bob@example.com")) with { Sender = Mail.From("alice@example.org") });

        await ManagedQueue.Until(() => Task.FromResult(queue.Way.Offered.Count >= 10));

        Assert.Single(await queue.Reports());
    }

    [Fact]
    public async Task A_site_that_takes_its_time_gets_more_visits_while_the_first_goes_on()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Sending = TimeSpan.FromMilliseconds(100);
        for (var i = 0; i < 40; i++)
        {
            await queue.Put(null, Mail.Going("u@slow.example"));
        }

        queue.Start();
        await queue.Empty();

        Assert.InRange(queue.Way.MostVisits["slow.example"], 3, queue.Settings.Delivery.ConcurrencyPerSite);
    }

    [Fact]
    public async Task A_dead_site_waits_as_a_whole_and_each_recipient_says_why()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""");
        queue.Way.Site = static _ => "dead";
        queue.Way.Trouble = static _ => Replies.NoConnection;
        for (var i = 0; i < 120; i++)
        {
            await queue.Put(null, Mail.Going("u@one.example"));
        }

        var manager = queue.Start();
        await ManagedQueue.Until(async () => await queue.Store.NextAttempt("one.example", default) > Clock.GetUtcNow()
            && (await queue.Store.Count(default)).Active == 0);
        Assert.All((await queue.Store.ListQueue(new QueueFilter { Limit = 200 }, default)).Entries, entry => Assert.NotNull(entry.Recipients[0].LastReply));
        var other = await queue.Put(manager, Mail.Going("u@two.example"));
        await ManagedQueue.Until(async () => (await queue.Recipient(other.Id)).LastReply is not null);

        Assert.Equal(1, queue.Way.Visits["dead"]);
        var waits = await queue.Recipient(other.Id);
        Assert.Equal((RecipientState.Waiting, 0), (waits.State, waits.Attempts));
        Assert.StartsWith("not tried: the site could not be used and is left alone until ", waits.LastReply!.Text, StringComparison.Ordinal);
        Assert.True(waits.NextAttempt > Clock.GetUtcNow() + TimeSpan.FromMinutes(50));
    }

    [Fact]
    public async Task A_site_that_asks_to_slow_down_is_left_alone_and_the_words_say_until_when()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""");
        queue.Way.Answer = (_, _) => queue.Way.Offered.Count < 10 ? Replies.Taken : Replies.SlowDown;
        for (var i = 0; i < 200; i++)
        {
            await queue.Put(null, Mail.Going("u@yahoo.example"));
        }

        queue.Start();
        await ManagedQueue.Until(async () => await queue.Store.Count(default) is { Active: 0 } counts && counts.Waiting + counts.Deferred > 0
            && await queue.Store.NextAttempt("yahoo.example", default) is { } next && next > Clock.GetUtcNow());

        Assert.InRange(queue.Way.Offered.Count, 11, 35); // what was under way when it was said
        var entries = (await queue.Store.ListQueue(new QueueFilter { Limit = 1000 }, default)).Entries;
        var untried = entries.SelectMany(entry => entry.Recipients).Where(recipient => recipient.Attempts == 0).ToList();
        Assert.NotEmpty(untried);
        Assert.All(untried, recipient =>
        {
            Assert.Equal(421, recipient.LastReply!.Code);
            Assert.StartsWith("not tried: the site asked to slow down and is left alone until ", recipient.LastReply.Text, StringComparison.Ordinal);
            Assert.EndsWith("unexpected volume", recipient.LastReply.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Retry_by_an_operator_is_tried_now_though_the_site_is_left_alone()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""");
        var dead = true;
        queue.Way.Trouble = _ => Volatile.Read(ref dead) ? Replies.NoConnection : null;
        var manager = queue.Start();
        var message = await queue.Put(manager, Mail.Going("bob@example.com"));
        await ManagedQueue.Until(async () => (await queue.Store.Count(default)).Deferred == 1);

        Volatile.Write(ref dead, false);
        await queue.Store.Change([message.Id], QueueChange.Retry, default);
        manager.QueueChanged();

        await queue.Empty();
    }

    [Fact]
    public async Task Retry_that_comes_while_what_waits_is_put_aside_is_not_lost()
    {
        const int Troubled = 1, Retried = 2;
        var phase = 0;
        Action retry = static () => { };
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""", step =>
        {
            // The deferral is on disk and the visit has not heard of it: it will come upon the retry among what is due there.
            if (step == "committed" && Interlocked.CompareExchange(ref phase, Retried, Troubled) == Troubled)
            {
                retry();
            }
        });
        queue.Way.Trouble = _ => Interlocked.CompareExchange(ref phase, Troubled, 0) == 0 ? Replies.NoConnection : null;
        var message = await queue.Put(null, Mail.Going("bob@example.com"));
        retry = () => _ = queue.Store.Change([message.Id], QueueChange.Retry, default).AsTask();
        queue.Start();

        await queue.Empty();
    }

    [Fact]
    public async Task Retry_by_a_tool_beside_the_server_is_noticed()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""");
        queue.Way.Answer = (_, _) => queue.Way.Offered.IsEmpty ? Replies.Later : Replies.Taken;
        var manager = queue.Start();
        var message = await queue.Put(manager, Mail.Going("bob@example.com"));
        await ManagedQueue.Until(async () => (await queue.Store.Count(default)).Deferred == 1);

        await using (var beside = await Parley.Server.Queue.Stores.Sqlite.SqliteQueueStore.Open(new() { Folder = queue.Folder, Beside = true }))
        {
            await beside.Change([message.Id], QueueChange.Retry, default);
        }

        await queue.Empty();
        Assert.Equal(2, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task Visits_to_a_site_rise_with_success_up_to_the_bound_whatever_the_names()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["100ms"], "concurrencyPerSite": 7 }""");
        queue.Way.Site = static _ => "shared";
        queue.Way.Sending = TimeSpan.FromMilliseconds(20);
        for (var i = 0; i < 400; i++)
        {
            await queue.Put(null, Mail.Going($"u@d{i % 50}.example"));
        }

        queue.Start();
        await queue.Empty();

        Assert.InRange(queue.Way.MostVisits["shared"], 4, 7);
        Assert.Equal(400, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task One_destination_with_much_mail_is_served_by_several_visits()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Sending = TimeSpan.FromMilliseconds(20);
        for (var i = 0; i < 1500; i++)
        {
            await queue.Put(null, Mail.Going($"u{i}@example.com"));
        }

        queue.Start();
        await queue.Empty();

        Assert.InRange(queue.Way.MostVisits["example.com"], 5, 20);
        Assert.Equal(1500, queue.Way.Offered.Select(one => one.Message).Distinct().Count());
        Assert.Equal(1500, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task A_slow_destination_with_little_mail_is_served_by_several_visits_too()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Sending = TimeSpan.FromMilliseconds(50);
        for (var i = 0; i < 40; i++)
        {
            await queue.Put(null, Mail.Going($"u{i}@example.com"));
        }

        queue.Start();
        await queue.Empty();

        Assert.InRange(queue.Way.MostVisits["example.com"], 3, 20);
        Assert.Equal(40, queue.Way.Offered.Select(one => one.Message).Distinct().Count());
    }

    [Fact]
    public async Task With_less_memory_than_destinations_all_are_served()
    {
        await using var queue = await ManagedQueue.Open();
        for (var i = 0; i < 500; i++)
        {
            await queue.Put(null, Mail.Going($"u@d{i}.example"));
        }

        queue.Way.Answer = (message, recipient) => recipient.Attempts == 0 ? Replies.Later : Replies.Taken;
        queue.Start(mostDestinations: 20);
        await queue.Empty();

        Assert.Equal(1000, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task A_stopped_manager_gives_back_what_it_has_not_begun()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Sending = TimeSpan.FromMilliseconds(50);
        for (var i = 0; i < 100; i++)
        {
            await queue.Put(null, Mail.Going("u@example.com"));
        }

        var manager = queue.Start();
        await ManagedQueue.Until(() => Task.FromResult(queue.Way.Offered.Count > 2));
        await manager.Stop(TimeSpan.FromSeconds(60));

        var counts = await queue.Store.Count(default);
        Assert.Equal(0, counts.Active);
        Assert.Equal(100 - queue.Way.Offered.Count, counts.Waiting);
    }

    [Theory]
    [InlineData("!silence at the greeting")]
    [InlineData("!silence at EHLO")]
    [InlineData("!silence at RCPT")]
    public async Task A_stop_waits_for_nobody_who_has_nothing_of_ours_yet(string silent)
    {
        await using var peer = ScriptedPeer.Answering(line => silent.EndsWith(line.Length == 0 ? "greeting" : line.Split(' ')[0], StringComparison.Ordinal) ? "!silence" : null);
        await using var queue = await ManagedQueue.Open();
        var settings = ManagedQueue.Load($$"""
            { "hostname": "mx.example.org", "domains": { "example.org": {} }, "routes": [ { "match": "*", "smarthost": "127.0.0.1:{{peer.Port}}" } ] }
            """);
        await using var remote = new RemoteDelivery(settings, new RemoteParts(new Dns.TableDns(), Clock));
        var manager = queue.Start(remote);
        manager.Settings = settings;
        await queue.Put(manager, Mail.Going("bob@example.com", $"smtp:127.0.0.1:{peer.Port}"));
        await ManagedQueue.Until(() => Task.FromResult(peer.Connections == 1));
        await Task.Delay(200, TestContext.Current.CancellationToken);

        var since = System.Diagnostics.Stopwatch.StartNew();
        await manager.Stop(TimeSpan.FromSeconds(60));

        Assert.InRange(since.Elapsed.TotalSeconds, 0, 30);
        Assert.Equal((1, 0), await queue.Store.Count(default) is var counts ? (counts.Waiting, counts.Active) : default);
    }

    [Fact]
    public async Task A_fault_in_a_way_out_defers_and_goes_on_with_others()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""");
        queue.Way.Answer = (_, recipient) => recipient.Recipient.Address.ToString().StartsWith("bad", StringComparison.Ordinal) ? throw new InvalidOperationException("a bug") : Replies.Taken;
        var manager = queue.Start();
        var bad = await queue.Put(manager, Mail.Going("bad@one.example"));
        await queue.Put(manager, Mail.Going("good@two.example"));

        await ManagedQueue.Until(async () => await queue.Store.Count(default) is { Deferred: 1, Queued: 1 });

        Assert.Contains("a fault of its own", (await queue.Recipient(bad.Id)).LastReply!.Text, StringComparison.Ordinal);
    }
}
