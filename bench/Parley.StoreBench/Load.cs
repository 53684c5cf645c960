using System.Buffers;
using System.Diagnostics;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.StoreBench;

/// <summary>Sessions that store messages.</summary>
internal static class Load
{
    public static readonly AttemptReply Later = new(451, "4.7.1", "come back later", "mx.example [192.0.2.1]");

    public static EnvelopeRecipient Resting { get; } = new(ForwardPath.Parse("alice@example.org")!, null);

    /// <summary>Stores from so many sessions for a time.</summary>
    public static async Task<Measured> Run(SqliteQueueStore store, int sessions, int octets, TimeSpan time)
    {
        var body = new byte[octets];
        new Random(1).NextBytes(body);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        int[] collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        var clock = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, sessions).Select(_ => Task.Run(() => Session(store, body, clock, time))));
        var elapsed = clock.Elapsed;
        process.Refresh();
        return new Measured(
            [.. latencies.SelectMany(list => list).Order()],
            elapsed,
            process.TotalProcessorTime - cpu,
            GC.GetTotalAllocatedBytes() - allocated,
            string.Join('/', collections.Select((before, generation) => GC.CollectionCount(generation) - before)));
    }

    public static async Task Store(SqliteQueueStore store, byte[] body, EnvelopeRecipient recipient)
    {
        await using var content = store.NewContent(body.Length);
        content.Write(body);
        await content.Flush(default);
        var envelope = new Envelope(ReversePath.Parse("sender@example.net")!, [recipient]);
        var message = new NewMessage(store.NextId(), envelope, content, DateTimeOffset.UnixEpoch)
        {
            Trace = new byte[200],
            Subject = "a subject of usual length",
            Session = "s0001",
        };
        if (await store.Enqueue(message, default) != EnqueueResult.Stored)
        {
            throw new IOException("the disk is full");
        }
    }

    private static async Task<List<double>> Session(SqliteQueueStore store, byte[] body, Stopwatch clock, TimeSpan time)
    {
        var latencies = new List<double>();
        while (clock.Elapsed < time)
        {
            var start = clock.Elapsed;
            await Store(store, body, Resting);
            latencies.Add((clock.Elapsed - start).TotalMilliseconds);
        }

        return latencies;
    }
}
