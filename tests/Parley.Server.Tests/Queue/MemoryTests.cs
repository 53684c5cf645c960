using System.Buffers;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.Server.Tests.Queue;

/// <summary>Run without other tests beside them, as what those allocate would be counted too.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_hundred_megabytes_in_and_out_take_no_memory_of_that_size()
    {
        const int Pieces = 1600;
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path });
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), DateTimeOffset.UnixEpoch, []);
        await using var content = message.Content;
        var piece = Mail.Octets(64 * 1024);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        for (var i = 0; i < Pieces; i++)
        {
            content.Write(piece);
            await content.Flush(default);
        }

        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
        await using var stream = (await store.OpenContent(message.Id, default))!;
        long read = 0;
        while (await stream.ReadAsync(piece, TestContext.Current.CancellationToken) is var count and > 0)
        {
            read += count;
        }

        Assert.Equal(((long)Pieces * piece.Length) + message.Trace.Length, read);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 << 20);
    }
}
