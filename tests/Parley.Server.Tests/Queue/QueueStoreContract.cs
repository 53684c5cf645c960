using System.Text;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Tests.Queue;

/// <summary>What every store must do. A store's test class inherits it and says how to open one.</summary>
public abstract partial class QueueStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly AttemptReply Accepted = new(250, "2.0.0", "taken", "mx.example.org [192.0.2.1]");
    private static readonly AttemptReply Later = new(451, "4.7.1", "come back later", "mx.example.org [192.0.2.1]");
    private static readonly AttemptReply Refused = new(550, "5.1.1", "no such user", "mx.example.org [192.0.2.1]");

    private readonly ManualTime time = new();
    private IQueueStore store = null!;

    /// <summary>Opens the store of this test: an empty one the first time, and then the same one again.</summary>
    protected abstract Task<IQueueStore> OpenStore(TimeProvider clock, Retention? keep);

    public async ValueTask InitializeAsync() => store = await OpenStore(time, null);

    public virtual async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_stored_message_is_found_as_it_came()
    {
        var id = await Mail.Put(store, time.Now, Mail.Resting("alice@example.org"), Mail.Going("bob@example.com"));

        var found = await store.Find(id, default);

        Assert.NotNull(found);
        Assert.Equal(id, found.Id);
        Assert.Equal(time.Now, found.ReceivedAt);
        Assert.Equal("sender@example.net", found.Sender.ToString());
        Assert.Equal(["alice@example.org", "bob@example.com"], found.To.Select(path => path.ToString()));
        Assert.Equal(["alice@example.org"], found.RestsIn.Select(path => path.ToString()));
        Assert.Equal("hello", found.Subject);
        Assert.Equal("s1", found.Session);
        Assert.True(found.Queued);
        // Our trace field stands before what came and is not counted.
        Assert.Equal((await Mail.Read(store, id))!.Length - Mail.TraceLength, found.Size);
    }

    [Fact]
    public async Task The_list_shows_the_addresses_that_were_given_and_not_where_aliases_led()
    {
        var info = Mail.To("info@example.org");
        var id = await Mail.Put(
            store, time.Now,
            Mail.Resting("alice@example.org") with { Given = info },
            Mail.Going("carol@example.com") with { Given = info });

        var found = (await store.Find(id, default))!;

        Assert.Equal([info], found.To);
        Assert.Equal([Mail.To("alice@example.org")], found.RestsIn);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(MessageContent.MemoryBound)]
    [InlineData(MessageContent.MemoryBound + 1)]
    [InlineData(3_000_000)]
    public async Task Content_comes_back_octet_for_octet_after_our_trace_fields(int length)
    {
        var octets = Mail.Octets(length);
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), time.Now, octets);
        await using var content = message.Content;
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));

        byte[] expected = [.. message.Trace.Span, .. octets];
        Assert.Equal(expected, await Mail.Read(store, message.Id));
    }

    [Fact]
    public async Task The_envelope_keeps_what_was_asked_for_on_the_way_in()
    {
        var recipient = Mail.Going("bob@example.com") with
        {
            Given = Mail.To("team@example.org"),
            Notify = DsnNotify.Success | DsnNotify.Delay,
            OriginalRecipient = "rfc822;team@example.org",
        };
        var envelope = new Envelope(ReversePath.Null, [recipient])
        {
            Body = BodyType.BinaryMime,
            Utf8 = true,
            RequireTls = true,
            Return = DsnReturn.Headers,
            EnvelopeId = "QQ314159",
            User = "alice",
        };
        var message = await Mail.New(store, envelope, time.Now);
        await using var content = message.Content;
        await store.Enqueue(message, default);

        var claimed = Assert.Single(Assert.Single(await store.Claim(["example.com"], 10, Minute, default)).Messages);

        Assert.Equal([recipient], claimed.Envelope.Recipients);
        Assert.Equal(envelope with { Recipients = [] }, claimed.Envelope with { Recipients = [] });
    }

    [Fact]
    public async Task Addresses_beyond_ascii_and_in_quotes_come_back_as_they_were()
    {
        string[] addresses = ["用户@例子.example", "\"a b\\\"c\"@example.org", "postmaster", "x@[192.0.2.1]", "y@[IPv6:2001:db8::1]"];

        var id = await Mail.Put(store, time.Now, [.. addresses.Select(Mail.Resting)]);

        Assert.Equal(addresses.Select(Mail.To), (await store.Find(id, default))!.To);
    }

    [Fact]
    public async Task Messages_are_listed_newest_first_in_pages()
    {
        var ids = new List<QueueId>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await Mail.Put(store, time.Now, Mail.Resting("alice@example.org")));
            time.Advance(Minute);
        }

        var first = await store.List(new MessageQuery { Limit = 4 }, default);
        var second = await store.List(new MessageQuery { Limit = 4, After = first.Next }, default);

        ids.Reverse();
        Assert.Equal(ids[..4], first.Messages.Select(message => message.Id));
        Assert.Equal(ids[4..], second.Messages.Select(message => message.Id));
        Assert.Null(second.Next);
    }

    [Theory]
    [InlineData("WORLD", 1)]
    [InlineData("bob", 1)]
    [InlineData("example.org привет", 1)]
    [InlineData("ПРИВЕТ", 1)]
    [InlineData("sender", 2)]
    [InlineData("sender nobody", 0)]
    [InlineData("100%", 0)]
    [InlineData("", 2)]
    public async Task A_query_finds_words_in_addresses_and_subject_whatever_their_case(string words, int expected)
    {
        await Store("Hello world", "bob@example.com");
        await Store("Привет", "alice@example.org");

        var page = await store.List(new MessageQuery { Words = words }, default);

        Assert.Equal(expected, page.Messages.Count);
        Assert.Null(page.Next);

        async Task Store(string subject, string address)
        {
            var message = await Mail.New(store, Mail.Envelope(Mail.Resting(address)), time.Now);
            await using var content = message.Content;
            await store.Enqueue(message with { Subject = subject }, default);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public async Task A_deleted_message_is_gone_with_its_content(int length)
    {
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), time.Now, Mail.Octets(length));
        await using var content = message.Content;
        await store.Enqueue(message, default);

        Assert.Equal(DeleteResult.Deleted, await store.Delete(message.Id, default));

        Assert.Null(await store.Find(message.Id, default));
        Assert.Null(await store.OpenContent(message.Id, default));
        Assert.Equal(DeleteResult.NotFound, await store.Delete(message.Id, default));
        Assert.Equal(new StoreCounts(), await store.Count(default));
    }

    [Fact]
    public async Task A_message_that_is_read_while_it_is_deleted_is_read_to_its_end()
    {
        var octets = Mail.Octets(1_000_000);
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), time.Now, octets);
        await using var content = message.Content;
        await store.Enqueue(message, default);

        await using var stream = (await store.OpenContent(message.Id, default))!;
        await store.Delete(message.Id, default);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);

        Assert.Equal(octets, all.ToArray()[message.Trace.Length..]);
    }

    [Fact]
    public async Task A_queued_message_cannot_be_deleted()
    {
        var id = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));

        Assert.Equal(DeleteResult.StillQueued, await store.Delete(id, default));
        Assert.NotNull(await store.Find(id, default));
    }

    [Fact]
    public async Task Everything_is_there_after_reopening()
    {
        var resting = await Mail.Put(store, time.Now, Mail.Resting("alice@example.org"));
        var queued = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));
        var octets = await Mail.Read(store, resting);
        var entry = await store.FindEntry(queued, default);
        var counts = await store.Count(default);

        await Reopen();

        Assert.Equal(octets, await Mail.Read(store, resting));
        Assert.Equivalent(entry, await store.FindEntry(queued, default), strict: true);
        Assert.Equal(counts, await store.Count(default));
        Assert.True(store.NextId().CompareTo(queued) > 0, "names rise across a restart, though the clock stood");
    }

    [Fact]
    public async Task Many_at_once_are_each_stored_once_and_answered_off_the_store_s_own_thread()
    {
        const int Sessions = 50, Messages = 20;
        var sessions = Enumerable.Range(0, Sessions).Select(session => Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                var message = await Mail.New(store, Mail.Envelope(Mail.Resting($"s{session}m{i}@example.org")), time.Now, Encoding.ASCII.GetBytes($"{session}/{i}"));
                await using var content = message.Content;
                Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
                Assert.True(Thread.CurrentThread.IsThreadPoolThread);
            }
        }));

        await Task.WhenAll(sessions);

        var page = await store.List(new MessageQuery { Limit = 2 * Sessions * Messages }, default);
        Assert.Equal(Sessions * Messages, page.Messages.Select(message => message.To[0].ToString()).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Sessions * Messages, page.Messages.Count);
        Assert.Equal(Sessions * Messages, (await store.Count(default)).Messages);
    }

    [Fact]
    public async Task A_message_whose_name_is_taken_is_refused_and_harms_none_of_those_that_come_with_it()
    {
        var taken = await Mail.Put(store, time.Now, Mail.Resting("alice@example.org"));
        var octets = await Mail.Read(store, taken);
        var tasks = Enumerable.Range(0, 20).Select(async i =>
        {
            var message = await Mail.New(store, Mail.Envelope(Mail.Resting("bob@example.org")), time.Now, Mail.Octets(1000, i));
            await using var content = message.Content;
            var result = store.Enqueue(i == 10 ? message with { Id = taken } : message, default);
            if (i == 10)
            {
                await Assert.ThrowsAnyAsync<IOException>(async () => await result);
            }
            else
            {
                Assert.Equal(EnqueueResult.Stored, await result);
            }
        });

        await Task.WhenAll(tasks);

        Assert.Equal(20, (await store.Count(default)).Messages);
        Assert.Equal(20, (await store.List(new MessageQuery { Limit = 100 }, default)).Messages.Count);
        Assert.Equal(octets, await Mail.Read(store, taken));
    }

    [Fact]
    public async Task Retention_keeps_the_newest_messages_and_never_drops_queued_ones()
    {
        await store.DisposeAsync();
        store = await OpenStore(time, new Retention(3, long.MaxValue));
        var queued = await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));
        var ids = new List<QueueId>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await Mail.Put(store, time.Now, Mail.Resting("alice@example.org")));
        }

        var left = (await store.List(new MessageQuery(), default)).Messages.Select(message => message.Id);

        Assert.Equal([ids[5], ids[4], queued], left);
    }

    [Fact]
    public async Task Retention_keeps_no_more_octets_than_asked_but_always_the_newest_message()
    {
        await store.DisposeAsync();
        store = await OpenStore(time, new Retention(100, 25_000));
        QueueId last = default;
        foreach (var length in (int[])[10_000, 10_000, 10_000, 50_000])
        {
            var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), time.Now, Mail.Octets(length));
            await using var content = message.Content;
            await store.Enqueue(message, default);
            last = message.Id;
            Assert.InRange((await store.Count(default)).Messages, 1, 2);
        }

        Assert.Equal(last, Assert.Single((await store.List(new MessageQuery(), default)).Messages).Id);
    }

    private async Task Reopen()
    {
        await store.DisposeAsync();
        store = await OpenStore(time, null);
    }
}
