using System.Diagnostics;
using System.Globalization;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.StoreBench;

/// <summary>A queue of many deferred entries to many destinations.</summary>
internal static class QueueBench
{
    private const int Destinations = 10_000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static async Task Run(string folder, int entries, int octets)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var options = new SqliteStoreOptions { Folder = folder };
        var store = await SqliteQueueStore.Open(options);
        Console.WriteLine("accept with an empty queue");
        await Accept(store);
        await Timed($"store {entries} entries", () => Fill(store, entries, octets));
        await Timed("claim and defer all of them", () => Defer(store));
        Console.WriteLine("accept with the full queue");
        await Accept(store);
        await Timed("close", async () => await store.DisposeAsync());

        await Timed("open", async () => store = await SqliteQueueStore.Open(options));
        await Timed("count", async () => await store.Count(default));
        await Timed($"heads of {Destinations} destinations", async () => await store.Destinations(string.Empty, int.MaxValue, default));
        await Timed("claim at 100 destinations", async () => await store.Claim([.. Enumerable.Range(0, 100).Select(Destination)], 20, Lease, default));
        await Timed("list 100 entries", async () => await store.ListQueue(new QueueFilter(), default));
        await Timed("retry 10000 entries", () => Retry(store));
        await store.DisposeAsync();
    }

    private static string Destination(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number}.example");

    private static async Task Accept(SqliteQueueStore store)
    {
        Console.WriteLine(Measured.Header);
        Console.WriteLine((await Load.Run(store, 50, 10_240, TimeSpan.FromSeconds(4))).Row(50));
    }

    private static async Task Fill(SqliteQueueStore store, int entries, int octets)
    {
        const int Sessions = 500;
        var body = new byte[octets];
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= entries)
            {
                var destination = Destination(i % Destinations);
                await Load.Store(store, body, new EnvelopeRecipient(ForwardPath.Parse("bob@" + destination)!, destination));
            }
        })));
    }

    private static async Task Defer(SqliteQueueStore store)
    {
        var later = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1);
        foreach (var chunk in Enumerable.Range(0, Destinations).Select(Destination).Chunk(200))
        {
            while (await store.Claim(chunk, 50, Lease, default) is { Count: > 0 } claims)
            {
                await Task.WhenAll(claims.Select(claim => store.Record(
                    claim.Lease,
                    [.. claim.Messages.Select(message => new Outcome.Deferred(message.Id, message.Recipients[0].Number, Load.Later, later))],
                    report: null,
                    default).AsTask()));
            }
        }
    }

    private static async Task Retry(SqliteQueueStore store)
    {
        var page = await store.ListQueue(new QueueFilter { Limit = 10_000 }, default);
        _ = await store.Change([.. page.Entries.Select(entry => entry.Id)], QueueChange.Retry, default);
    }

    private static async Task Timed(string what, Func<Task> act)
    {
        var clock = Stopwatch.StartNew();
        await act();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalMilliseconds:F1} ms"));
    }
}
