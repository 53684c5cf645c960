using System.Diagnostics;
using System.Globalization;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.Crash;

/// <summary>Fills a small file system with mail, makes room by deleting, and fills it again; then fills it from elsewhere.</summary>
internal static class Filling
{
    private const int Small = 20_000;
    private const int Large = 1_000_000;

    private static readonly EnvelopeRecipient Alice = new(ForwardPath.Parse("alice@example.org")!, null);

    public static async Task<int> Run(string folder)
    {
        var options = new SqliteStoreOptions { Folder = Path.Combine(folder, "data") };
        var store = await SqliteQueueStore.Open(options);

        var stored = await Fill(store);
        Tell("stored-octets", (await store.Count(default)).Octets);
        Tell("refused-says-so-before", store.HasRoomFor(Small) ? 0 : 1);

        Tell("deleted", await Delete(store, stored, stored.Count / 2));
        Tell("says-so-when-there-is-room", store.HasRoomFor(Small) ? 1 : 0);
        var before = (await store.Count(default)).Octets;
        _ = await Fill(store);
        Tell("stored-again-octets", (await store.Count(default)).Octets - before);

        // Somebody else takes all that is left, the reserve too.
        var junk = Path.Combine(folder, "junk");
        FillWithJunk(junk);
        Tell("refused-when-nothing-is-left", (await SealedMail.Store(store, "x", SealedMail.Octets(Small, 1), Alice)).Result == EnqueueResult.NoRoom ? 1 : 0);
        var left = (await store.List(new MessageQuery { Limit = 10 }, default)).Messages.Select(message => message.Id).ToList();
        Tell("deleted-when-nothing-is-left", await Delete(store, left, left.Count));
        File.Delete(junk);
        Tell("stored-after-all", (await SealedMail.Store(store, "x", SealedMail.Octets(Small, 1), Alice)).Result == EnqueueResult.Stored ? 1 : 0);

        // What small messages have left in the database file is given back to the disk, where a large one needs it.
        var all = (await store.List(new MessageQuery { Limit = int.MaxValue }, default)).Messages;
        var small = all.Where(message => message.Size < Large).Select(message => message.Id).ToList();
        await Delete(store, small, small.Count * 9 / 10);
        var patience = Stopwatch.StartNew();
        while (new FileInfo(Path.Combine(folder, "data", SqliteQueueStore.FileName)).Length > 6 << 20 && patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(50);
        }

        Tell("database-octets-after-deletion", new FileInfo(Path.Combine(folder, "data", SqliteQueueStore.FileName)).Length);
        await store.DisposeAsync();
        await using var reopened = await SqliteQueueStore.Open(options);
        all = (await reopened.List(new MessageQuery { Limit = int.MaxValue }, default)).Messages;
        var damaged = 0;
        foreach (var message in all)
        {
            damaged += await SealedMail.IsWhole(reopened, message) ? 0 : 1;
        }

        Tell("messages", all.Count);
        Tell("counted", (await reopened.Count(default)).Messages);
        Tell("damaged", damaged);
        return 0;
    }

    private static async Task<List<QueueId>> Fill(SqliteQueueStore store)
    {
        var stored = new List<QueueId>();
        var refusals = 0;
        for (var i = 0; refusals < 3; i++)
        {
            // Every tenth goes to a file of its own; the others follow until they do not fit either.
            var octets = SealedMail.Octets(i % 10 == 9 ? Large : Small, i);
            var (id, result) = await SealedMail.Store(store, $"{i}", octets, Alice);
            if (result == EnqueueResult.Stored)
            {
                stored.Add(id);
                refusals = 0;
            }
            else
            {
                refusals++;
            }
        }

        return stored;
    }

    private static async Task<int> Delete(SqliteQueueStore store, List<QueueId> ids, int count)
    {
        var deleted = 0;
        foreach (var id in ids.Take(count))
        {
            deleted += await store.Delete(id, default) == DeleteResult.Deleted ? 1 : 0;
        }

        return deleted;
    }

    private static void FillWithJunk(string path)
    {
        var piece = new byte[64 * 1024];
        for (var size = piece.Length; size > 0; size /= 2)
        {
            try
            {
                using var junk = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
                while (true)
                {
                    junk.Write(piece.AsSpan(0, size));
                }
            }
            catch (IOException)
            {
                // Full for pieces of this size.
            }
        }
    }

    private static void Tell(string what, long figure) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {figure}"));
}
