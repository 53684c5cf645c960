using System.Buffers;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp;

namespace Parley.Server.Tests.Queue;

/// <summary>Where the octets of a message go while they come in.</summary>
public sealed class MessageContentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(50_000)]
    [InlineData(MessageContent.MemoryBound)]
    public async Task A_content_up_to_the_bound_stays_in_memory_whole(int length)
    {
        await using var store = await Open();
        await using var content = store.NewContent();
        var octets = Mail.Octets(length);
        await Mail.Write(content, octets);

        Assert.Equal(length, content.Length);
        Assert.Equal(octets, content.Head.ToArray());
        Assert.Empty(Directory.GetFiles(folder["spool"]));
    }

    [Fact]
    public async Task A_longer_content_goes_to_a_file_and_its_beginning_stays_readable()
    {
        await using var store = await Open();
        await using var content = store.NewContent(expected: 100);
        var octets = Mail.Octets(5 * MessageContent.MemoryBound);
        await Mail.Write(content, octets);

        Assert.Equal(octets.Length, content.Length);
        Assert.True(content.Head.Length >= MessageContent.MemoryBound);
        Assert.Equal(octets[..content.Head.Length], content.Head.ToArray());
        Assert.Single(Directory.GetFiles(folder["spool"]));
    }

    [Fact]
    public async Task So_many_long_contents_come_in_at_one_time_and_others_when_one_is_done()
    {
        await using var store = await Open(mostContents: 1);
        var octets = Mail.Octets(2 * MessageContent.MemoryBound);
        await using var second = store.NewContent();
        await using (var first = store.NewContent())
        {
            await Mail.Write(first, octets);
            Assert.Null(first.Refusal);

            await Mail.Write(second, octets);
            Assert.Equal(Replies.NoRoom, second.Refusal);
            Assert.Single(Directory.GetFiles(folder["spool"]));
        }

        await using var third = store.NewContent();
        await Mail.Write(third, octets);
        Assert.Null(third.Refusal);
    }

    [Fact]
    public async Task Contents_share_the_memory_that_they_may_hold_and_short_ones_are_taken_all_the_same()
    {
        await using var store = await Open(mostHeld: 2 * MessageContent.MemoryBound);
        var octets = Mail.Octets(MessageContent.MemoryBound);
        await using var first = store.NewContent();
        await Mail.Write(first, octets);
        await using (var second = store.NewContent())
        {
            await Mail.Write(second, octets);
            Assert.Null(second.Refusal);

            await using var third = store.NewContent(expected: octets.Length);
            await Mail.Write(third, octets);
            Assert.Equal(Replies.NoRoom, third.Refusal);
            await using var letter = store.NewContent();
            await Mail.Write(letter, Mail.Octets(16 * 1024));
            Assert.Null(letter.Refusal);
        }

        await using var fourth = store.NewContent();
        await Mail.Write(fourth, octets);
        Assert.Null(fourth.Refusal);
        Assert.Null(first.Refusal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_removed_keeps_nobody_from_going_on()
    {
        await using var store = await Open(mostContents: 1);
        var octets = Mail.Octets(2 * MessageContent.MemoryBound);
        await using (var first = store.NewContent())
        {
            await Mail.Write(first, octets);
            Directory.Delete(folder["spool"], recursive: true);
        }

        Directory.CreateDirectory(folder["spool"]);
        await using var second = store.NewContent();
        await Mail.Write(second, octets);
        Assert.Null(second.Refusal);
    }

    [Fact]
    public async Task Pieces_of_any_size_come_together_in_order()
    {
        await using var store = await Open();
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            var octets = Mail.Octets(random.Next(3 * MessageContent.MemoryBound), round);
            var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), DateTimeOffset.UnixEpoch, []);
            await using var content = message.Content;
            for (var at = 0; at < octets.Length;)
            {
                var piece = octets.AsSpan(at, Math.Min(random.Next(1, 100_000), octets.Length - at));
                content.Write(piece);
                at += piece.Length;
                if (random.Next(3) > 0)
                {
                    await content.Flush(default);
                }
            }

            Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
            byte[] expected = [.. message.Trace.Span, .. octets];
            Assert.Equal(expected, await Mail.Read(store, message.Id));
        }
    }

    [Fact]
    public async Task An_advance_beyond_the_room_that_was_given_is_refused()
    {
        await using var store = await Open();
        await using var content = store.NewContent();
        var room = content.GetMemory(10).Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => content.Advance(room + 1));
    }

    private Task<SqliteQueueStore> Open(int mostContents = int.MaxValue, long mostHeld = long.MaxValue) =>
        SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path, MostContents = mostContents, MostHeld = mostHeld });
}
