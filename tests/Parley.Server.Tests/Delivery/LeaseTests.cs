using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Reports;
using Parley.Server.Tests.Queue;
using Parley.Smtp.Sending;
using static Parley.Server.Tests.Delivery.ScriptedDeliverer;

namespace Parley.Server.Tests.Delivery;

/// <summary>Whoever works on one store, and whatever becomes of them: one recipient is delivered once.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Several_managers_on_one_store_deliver_each_recipient_once(int seed)
    {
        // The lease is long: one that ends on a starved machine is taken up by another manager, and rightly so.
        const int Messages = 700;
        const int Destinations = 25;
        await using var queue = await ManagedQueue.Open("""{ "retry": ["50ms"], "lease": "30s", "warnAfter": null }""");
        await using var beside = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = queue.Folder, Beside = true });
        var random = new Random(seed);
        var taken = 0;
        queue.Way.Answer = (_, recipient) => recipient.Attempts == 0 && recipient.Number % 3 == 0 ? Replies.Later : Count(ref taken);
        queue.Way.Site = destination => "site" + (destination.Length % 2);
        queue.Way.Sending = TimeSpan.FromMilliseconds(1);

        // Two on the server's own store, two beside it as other processes would be; mail comes in while they work.
        var managers = new[] { queue.Start(), queue.Start(), queue.Start(store: beside), queue.Start(store: beside) };
        var total = 0;
        for (var i = 0; i < Messages; i++)
        {
            var recipients = Enumerable.Range(0, random.Next(1, 6)).Select(n => Mail.Going($"u{n}@d{random.Next(Destinations)}.example")).ToArray();
            total += recipients.Length;
            await queue.Put(managers[random.Next(managers.Length)], recipients);
        }

        await queue.Empty();

        Assert.Equal(total, taken);
        var delivered = queue.Way.Offered.Where(one => one.Said is SendOutcome.Delivered).Select(one => (one.Message, one.Number)).ToList();
        Assert.Equal(total, delivered.Distinct().Count());
        Assert.Equal(total, delivered.Count);
        Assert.Equal(0, (await queue.Store.Count(default)).Messages);

        static SendOutcome Count(ref int taken)
        {
            Interlocked.Increment(ref taken);
            return Replies.Taken;
        }
    }

    [Fact]
    public async Task A_lease_is_kept_as_long_as_its_work_goes_on()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["50ms"], "lease": "5s" }""");
        queue.Way.Sending = TimeSpan.FromSeconds(7);
        var (first, second) = (queue.Start(), queue.Start());
        await queue.Put(first, Mail.Going("bob@example.com"));
        second.QueueChanged();

        await queue.Empty();

        Assert.Single(queue.Way.Offered);
    }

    [Fact]
    public async Task What_was_delivered_while_the_store_takes_nothing_is_recorded_later_and_not_delivered_again()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["50ms"], "lease": "4s" }""");
        using var database = Database.Open(Path.Combine(queue.Folder, SqliteQueueStore.FileName), writes: true, TimeSpan.FromSeconds(10));
        database.Execute("CREATE TRIGGER broken BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'broken for now'); END");
        var manager = queue.Start();
        await queue.Put(manager, Mail.Going("bob@example.com"));
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);

        database.Execute("DROP TRIGGER broken");
        await queue.Empty();

        Assert.Single(queue.Way.Offered);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_does_not_keep_the_server_from_stopping()
    {
        await using var queue = await ManagedQueue.Open();
        using var database = Database.Open(Path.Combine(queue.Folder, SqliteQueueStore.FileName), writes: true, TimeSpan.FromSeconds(10));
        database.Execute("CREATE TRIGGER broken BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'broken'); END");
        var manager = queue.Start();
        await queue.Put(manager, Mail.Going("bob@example.com"));
        await ManagedQueue.Until(() => Task.FromResult(!queue.Way.Offered.IsEmpty));

        await manager.Stop(TimeSpan.FromMilliseconds(100)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(1, (await queue.Store.Count(default)).Queued);
    }

    [Fact]
    public async Task A_dead_worker_s_lease_is_taken_up_within_the_bound()
    {
        await using var queue = await ManagedQueue.Open("""{ "retry": ["1h"] }""");
        for (var i = 0; i < 10; i++)
        {
            await queue.Put(null, Mail.Going("bob@example.com"));
        }

        // It claims, and is never heard of again.
        var claimed = Assert.Single(await queue.Store.Claim(["example.com"], 10, TimeSpan.FromSeconds(2), default));
        Assert.Equal(10, claimed.Messages.Count);
        var since = Stopwatch.StartNew();
        queue.Start();
        await queue.Empty();

        Assert.InRange(since.Elapsed.TotalSeconds, 1.5, 40);
        Assert.Equal(10, queue.Way.Offered.Count);
    }

    [Fact]
    public async Task A_worker_that_slept_through_the_end_of_its_lease_does_not_go_on_with_it()
    {
        var time = new ManualTime();
        using var folder = new TemporaryFolder();
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path, Time = time });
        var settings = ManagedQueue.Load("""{ "hostname": "mx.example.org", "domains": { "example.org": {} } }""");
        using var recorder = new OutcomeRecorder(store, new DeliveryStatus(store, time, NullLogger.Instance), time, static () => 0.5, NullLogger.Instance);
        foreach (var address in new[] { "one@example.com", "two@example.com", "three@example.com" })
        {
            await Mail.Put(store, time.Now, Mail.Going(address));
        }

        var run = new DeliveryRun(new VisitParts(store, recorder, time), settings, new NextHop("example.com", "example.com"))
        {
            Stopping = default,
            ShouldEnd = static _ => false,
            Ended = static (_, _) => { },
        };
        Assert.True(await run.Begin(default));
        var first = (await run.Next(default))!;
        time.Advance(settings.Delivery.Lease + Minute);
        var other = Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
        Assert.Equal(3, other.Messages.Count);

        await run.End(first, [Replies.Taken], "mx.example.com");

        // Nothing is left for it; and what it did deliver is not delivered again.
        Assert.Null(await run.Next(default));
        await run.Close(static (_, _) => throw new InvalidOperationException("nothing is left under its lease"));
        var outcomes = other.Messages.Select(message => (Outcome)new Outcome.Delivered(message.Id, 0, new AttemptReply(250, "", "ok", ""))).ToList();
        Assert.Equal(RecordResult.LeaseLost, await store.Record(other.Lease, outcomes, null, default));
        Assert.Equal(0, (await store.Count(default)).Messages);
    }

    [Fact]
    public async Task What_an_operator_holds_while_it_is_tried_is_not_failed_and_not_reported()
    {
        await using var queue = await ManagedQueue.Open();
        queue.Way.Sending = TimeSpan.FromMilliseconds(500);
        queue.Way.Answer = (_, _) => Replies.Refused;
        var manager = queue.Start();
        var message = await queue.Put(manager, Mail.Envelope(Mail.Going("bob@example.com")) with { Sender = Mail.From("alice@example.org") });
        await ManagedQueue.Until(async () => (await queue.Store.Count(default)).Active == 1);

        await queue.Store.Change([message.Id], QueueChange.Hold, default);
        await ManagedQueue.Until(() => Task.FromResult(!queue.Way.Offered.IsEmpty));
        await manager.Stop(Minute);

        Assert.Equal(RecipientState.Held, (await queue.Recipient(message.Id)).State);
        Assert.Empty(await queue.Reports());
    }
}
