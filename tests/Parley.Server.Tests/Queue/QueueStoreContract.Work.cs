using Parley.Server.Queue;

namespace Parley.Server.Tests.Queue;

public abstract partial class QueueStoreContract
{
    [Fact]
    public async Task Recipients_at_one_next_hop_are_claimed_together_and_once()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"), Mail.Going("eve@example.org"), Mail.Going("dan@example.com"));

        var claim = Assert.Single(await store.Claim(["example.com", "nowhere.example"], 10, Minute, default));

        Assert.Equal("example.com", claim.Destination);
        var message = Assert.Single(claim.Messages);
        Assert.Equal(id, message.Id);
        Assert.Equal([0, 2], message.Recipients.Select(recipient => recipient.Number));
        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));
    }

    [Fact]
    public async Task A_claim_takes_no_more_than_asked_and_the_oldest_first()
    {
        var ids = new List<QueueId>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await Mail.Put(store, time.Now, Mail.Going("bob@example.com")));
            time.Advance(Minute);
        }

        var claim = Assert.Single(await store.Claim(["example.com"], 3, Minute, default));

        Assert.Equal(ids[..3], claim.Messages.Select(message => message.Id));
    }

    [Fact]
    public async Task A_deferred_recipient_waits_until_its_time()
    {
        var (id, lease) = await PutAndClaim();
        await store.Record(lease, [new Outcome.Deferred(id, 0, Later, time.Now + (5 * Minute)) { DelayReported = true }], null, default);

        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));
        var waiting = Assert.Single((await store.FindEntry(id, default))!.Recipients);
        Assert.Equal(RecipientState.Deferred, waiting.State);
        Assert.Equal(1, waiting.Attempts);
        Assert.Equal(time.Now + (5 * Minute), waiting.NextAttempt);
        Assert.Equal(Later, waiting.LastReply);
        Assert.True(waiting.DelayReported);

        time.Advance(5 * Minute);
        var again = Assert.Single(Assert.Single(Assert.Single(await store.Claim(["example.com"], 10, Minute, default)).Messages).Recipients);
        Assert.Equal(1, again.Attempts);
        Assert.True(again.DelayReported);
    }

    [Fact]
    public async Task A_recipient_put_off_without_an_attempt_waits_and_says_why_and_counts_none()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));
        var claim = Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
        var untried = new Outcome.Deferred(id, 0, Later, time.Now + Minute) { Untried = true };
        Assert.Equal(RecordResult.Recorded, await store.Record(claim.Lease, [untried], null, default));

        var recipient = Assert.Single((await store.FindEntry(id, default))!.Recipients);
        Assert.Equal(RecipientState.Waiting, recipient.State);
        Assert.Equal(0, recipient.Attempts);
        Assert.Equal(Later, recipient.LastReply);
        Assert.Equal(time.Now + Minute, recipient.NextAttempt);
        Assert.Equal(time.Now + Minute, await store.NextAttempt("example.com", default));
        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));
    }

    [Fact]
    public async Task A_message_whose_last_recipient_is_delivered_is_gone()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"), Mail.Going("dan@example.com"));
        var claim = Assert.Single(await store.Claim(["example.com"], 10, Minute, default));

        await store.Record(claim.Lease, [new Outcome.Delivered(id, 0, Accepted)], null, default);
        var entry = (await store.FindEntry(id, default))!;
        Assert.Equal([RecipientState.Delivered, RecipientState.Active], entry.Recipients.Select(recipient => recipient.State));
        Assert.Equal(Accepted, entry.Recipients[0].LastReply);

        await store.Record(claim.Lease, [new Outcome.Failed(id, 1, Refused)], null, default);
        Assert.Null(await store.FindEntry(id, default));
        Assert.Null(await store.Find(id, default));
        Assert.Null(await store.OpenContent(id, default));
        Assert.Equal(new StoreCounts(), await store.Count(default));
    }

    [Fact]
    public async Task A_message_that_also_rests_stays_in_its_mailbox_after_it_has_gone_out()
    {
        var id = await Mail.Put(store, time.Now, Mail.Resting("alice@example.org"), Mail.Going("bob@example.com"));
        var claim = Assert.Single(await store.Claim(["example.com"], 10, Minute, default));

        await store.Record(claim.Lease, [new Outcome.Delivered(id, 1, Accepted)], null, default);

        Assert.Null(await store.FindEntry(id, default));
        Assert.False((await store.Find(id, default))!.Queued);
        Assert.NotNull(await Mail.Read(store, id));
        Assert.Equal(DeleteResult.Deleted, await store.Delete(id, default));
    }

    [Fact]
    public async Task A_dead_worker_s_recipients_are_taken_up_when_its_lease_ends()
    {
        var (id, _) = await PutAndClaim();

        time.Advance(Minute - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));

        time.Advance(TimeSpan.FromMilliseconds(1));
        var claim = Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
        Assert.Equal(id, Assert.Single(claim.Messages).Id);
    }

    [Fact]
    public async Task An_extended_lease_is_not_taken_up()
    {
        var (_, lease) = await PutAndClaim();

        time.Advance(Minute / 2);
        Assert.True(await store.Extend(lease, Minute, default));
        time.Advance(Minute * 0.9);

        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));
    }

    [Fact]
    public async Task A_worker_that_comes_back_too_late_cannot_defer_but_what_it_delivered_stands()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"), Mail.Going("dan@example.com"));
        var late = Assert.Single(await store.Claim(["example.com"], 10, Minute, default)).Lease;
        time.Advance(Minute);
        var other = Assert.Single(await store.Claim(["example.com"], 10, Minute, default)).Lease;
        Assert.False(await store.Extend(late, Minute, default));

        var result = await store.Record(late, [new Outcome.Deferred(id, 0, Later, time.Now), new Outcome.Delivered(id, 1, Accepted)], null, default);

        Assert.Equal(RecordResult.LeaseLost, result);
        Assert.Equal([RecipientState.Active, RecipientState.Delivered], (await store.FindEntry(id, default))!.Recipients.Select(recipient => recipient.State));
        Assert.Equal(RecordResult.Recorded, await store.Record(other, [new Outcome.Delivered(id, 0, Accepted)], null, default));
        Assert.Null(await store.FindEntry(id, default));
    }

    [Fact]
    public async Task A_released_lease_gives_its_recipients_back_at_once()
    {
        var (id, lease) = await PutAndClaim();

        await store.Release(lease, default);

        Assert.Equal(RecipientState.Waiting, Assert.Single((await store.FindEntry(id, default))!.Recipients).State);
        Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
        Assert.False(await store.Extend(lease, Minute, default));
    }

    [Fact]
    public async Task A_server_that_died_gives_its_leases_back_when_it_starts_again()
    {
        var (id, _) = await PutAndClaim();

        await Reopen();

        var recipient = Assert.Single((await store.FindEntry(id, default))!.Recipients);
        Assert.Equal(RecipientState.Waiting, recipient.State);
        Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
    }

    [Fact]
    public async Task A_report_is_stored_in_the_same_stroke_as_the_failure_it_tells_of()
    {
        var (id, lease) = await PutAndClaim();
        var report = await Mail.New(store, Mail.Envelope(Mail.Going("sender@example.net")), time.Now, Mail.Octets(1000));
        await using var content = report.Content;

        Assert.Equal(RecordResult.Recorded, await store.Record(lease, [new Outcome.Failed(id, 0, Refused)], report, default));

        Assert.Null(await store.Find(id, default));
        Assert.Equal(RecipientState.Waiting, Assert.Single((await store.FindEntry(report.Id, default))!.Recipients).State);
    }

    [Fact]
    public async Task A_report_is_not_stored_when_the_lease_was_lost_and_the_failure_is_left_to_the_next_worker()
    {
        var (id, lease) = await PutAndClaim();
        time.Advance(Minute);
        await store.Claim(["example.com"], 10, Minute, default);
        var report = await Mail.New(store, Mail.Envelope(Mail.Going("sender@example.net")), time.Now);
        await using var content = report.Content;

        Assert.Equal(RecordResult.LeaseLost, await store.Record(lease, [new Outcome.Failed(id, 0, Refused)], report, default));

        Assert.Null(await store.Find(report.Id, default));
        Assert.Equal(RecipientState.Active, Assert.Single((await store.FindEntry(id, default))!.Recipients).State);
    }

    [Fact]
    public async Task A_held_recipient_is_not_claimed_until_it_is_released()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));

        Assert.Equal(1, await store.Change([id, new QueueId(1)], QueueChange.Hold, default));
        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));
        Assert.Empty(await store.Destinations(string.Empty, 10, default));
        Assert.Equal(RecipientState.Held, Assert.Single((await store.FindEntry(id, default))!.Recipients).State);
        await store.Change([id], QueueChange.Retry, default);
        Assert.Empty(await store.Claim(["example.com"], 10, Minute, default));

        await store.Change([id], QueueChange.Release, default);
        Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
    }

    [Fact]
    public async Task Holding_an_active_recipient_drops_a_later_deferral_but_not_a_delivery()
    {
        var (id, lease) = await PutAndClaim();
        await store.Change([id], QueueChange.Hold, default);

        Assert.Equal(RecordResult.LeaseLost, await store.Record(lease, [new Outcome.Deferred(id, 0, Later, time.Now)], null, default));
        Assert.Equal(RecipientState.Held, Assert.Single((await store.FindEntry(id, default))!.Recipients).State);

        await store.Record(lease, [new Outcome.Delivered(id, 0, Accepted)], null, default);
        Assert.Null(await store.FindEntry(id, default));
    }

    [Fact]
    public async Task Retry_makes_a_deferred_recipient_due_now()
    {
        var (id, lease) = await PutAndClaim();
        await store.Record(lease, [new Outcome.Deferred(id, 0, Later, time.Now + (60 * Minute))], null, default);

        await store.Change([id], QueueChange.Retry, default);

        Assert.Equal([new DestinationHead("example.com", time.Now)], await store.Destinations(string.Empty, 10, default));
        Assert.Single(await store.Claim(["example.com"], 10, Minute, default));
    }

    [Fact]
    public async Task Remove_takes_a_message_out_of_the_queue_but_not_out_of_a_mailbox()
    {
        var passing = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));
        var resting = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"), Mail.Resting("alice@example.org"));

        Assert.Equal(2, await store.Change([passing, resting], QueueChange.Remove, default));

        Assert.Null(await store.Find(passing, default));
        Assert.Null(await store.FindEntry(resting, default));
        Assert.False((await store.Find(resting, default))!.Queued);
        Assert.Equal(0, await store.Change([passing, resting], QueueChange.Remove, default));
    }

    [Fact]
    public async Task Destinations_are_told_with_the_time_of_their_first_recipient()
    {
        var start = time.Now;
        foreach (var domain in (string[])["b.example", "a.example", "b.example", "c.example"])
        {
            await Mail.Put(store, time.Now, Mail.Going("x@" + domain));
            time.Advance(Minute);
        }

        var first = await store.Destinations(string.Empty, 2, default);
        var rest = await store.Destinations(first[^1].Destination, 2, default);

        Assert.Equal([new("a.example", start + Minute), new("b.example", start)], first);
        Assert.Equal([new("c.example", start + (3 * Minute))], rest);
    }

    [Fact]
    public async Task Entries_are_listed_oldest_first_in_pages_and_by_filters()
    {
        var (deferred, lease) = await PutAndClaim();
        await store.Record(lease, [new Outcome.Deferred(deferred, 0, Later, time.Now)], null, default);
        time.Advance(Minute);
        var other = await Mail.Put(store, time.Now, Mail.Going("eve@example.org"), Mail.Resting("alice@example.org"));
        await Mail.Put(store, time.Now, Mail.Resting("alice@example.org"));

        Assert.Equal([deferred, other], await Ids(new QueueFilter()));
        Assert.Equal([deferred], await Ids(new QueueFilter { Limit = 1 }));
        Assert.Equal([other], await Ids(new QueueFilter { Limit = 1, After = deferred }));
        Assert.Equal([deferred, other], await Ids(new QueueFilter { Sender = "SENDER@" }));
        Assert.Empty(await Ids(new QueueFilter { Sender = "<>" }));
        Assert.Equal([deferred], await Ids(new QueueFilter { Recipient = "Bob" }));
        Assert.Equal([other], await Ids(new QueueFilter { Destination = "EXAMPLE.org" }));
        Assert.Empty(await Ids(new QueueFilter { Destination = "smtp:relay.example:25" }));
        var routed = await Mail.Put(store, time.Now, Mail.Going("dan@example.org", "smtp:relay.example:25"));
        Assert.Equal([routed], await Ids(new QueueFilter { Destination = "smtp:RELAY.example:25" }));
        Assert.Equal([other, routed], await Ids(new QueueFilter { Destination = "example.org" }));
        Assert.Equal([deferred], await Ids(new QueueFilter { State = RecipientState.Deferred }));
        Assert.Equal([deferred], await Ids(new QueueFilter { Cause = "4.7.1 come back" }));
        Assert.Empty(await Ids(new QueueFilter { Recipient = "eve", State = RecipientState.Deferred }));
        Assert.Equal([deferred], await Ids(new QueueFilter { QueuedBefore = time.Now }));

        async Task<IEnumerable<QueueId>> Ids(QueueFilter filter) => (await store.ListQueue(filter, default)).Entries.Select(entry => entry.Id);
    }

    [Fact]
    public async Task Pages_repeat_nothing_and_miss_nothing_that_stays_while_entries_come_and_go()
    {
        var there = new List<QueueId>();
        for (var i = 0; i < 60; i++)
        {
            there.Add(await Mail.Put(store, time.Now, Mail.Going($"u{i}@example.com")));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var random = new Random(1);
        var stay = there.ToHashSet();
        var listed = new List<QueueId>();
        QueueId? after = null;
        do
        {
            var page = await store.ListQueue(new QueueFilter { After = after, Limit = 7 }, default);
            Assert.InRange(page.Entries.Count, 0, 7);
            listed.AddRange(page.Entries.Select(entry => entry.Id));
            after = page.Next;

            // One that was listed goes, perhaps the one that the cursor names; another goes before its turn, and one comes.
            QueueId[] leave = [listed[^1], listed[random.Next(listed.Count)], there[random.Next(there.Count)]];
            await store.Change([.. leave.Where(stay.Contains).Distinct()], QueueChange.Remove, default);
            stay.ExceptWith(leave);
            await Mail.Put(store, time.Now, Mail.Going("new@example.com"));
        }
        while (after is not null && listed.Count < 200);

        Assert.Null(after);
        Assert.Equal(listed.Distinct().Order(), listed);
        Assert.Subset(listed.ToHashSet(), stay);
        Assert.NotEmpty(stay);
    }

    [Fact]
    public async Task Several_workers_never_have_one_recipient_at_the_same_time_and_deliver_each_once()
    {
        const int Messages = 200, Workers = 8;
        for (var i = 0; i < Messages; i++)
        {
            await Mail.Put(store, time.Now, Mail.Going($"u{i}@example.com"), Mail.Going($"v{i}@example.com"));
        }

        var delivered = new System.Collections.Concurrent.ConcurrentDictionary<(QueueId, int), int>();
        var workers = Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (await store.Claim(["example.com"], random.Next(1, 9), Minute, default) is [var claim])
            {
                if (random.Next(10) == 0)
                {
                    await store.Release(claim.Lease, default);
                    continue;
                }

                var outcomes = claim.Messages.SelectMany(message => message.Recipients.Select(recipient => new Outcome.Delivered(message.Id, recipient.Number, Accepted))).ToList();
                outcomes.ForEach(outcome => delivered.AddOrUpdate((outcome.Message, outcome.Recipient), 1, static (_, times) => times + 1));
                Assert.Equal(RecordResult.Recorded, await store.Record(claim.Lease, outcomes, null, default));
            }
        }));

        await Task.WhenAll(workers);

        Assert.Equal(2 * Messages, delivered.Count);
        Assert.All(delivered.Values, times => Assert.Equal(1, times));
        Assert.Equal(new StoreCounts(), await store.Count(default));
    }

    private async Task<(QueueId Id, Lease Lease)> PutAndClaim()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));
        return (id, Assert.Single(await store.Claim(["example.com"], 10, Minute, default)).Lease);
    }
}
