using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.StoreBench;

/// <summary>How fast messages are stored, by number of sessions.</summary>
internal static class AcceptBench
{
    public static async Task Run(string folder, int octets, TimeSpan time, int[] sessions, int keep)
    {
        Console.WriteLine($"SQLite {SqliteQueueStore.LibraryVersion}, {octets} octets a message, {time.TotalSeconds} s each, keep {(keep > 0 ? keep : "all")}");
        Console.WriteLine(Measured.Header);
        foreach (var count in sessions)
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            var retention = keep > 0 ? new Retention(keep, 1L << 30) : null;
            await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder, Retention = retention });
            await Load.Run(store, count, octets, TimeSpan.FromSeconds(1));
            Console.WriteLine((await Load.Run(store, count, octets, time)).Row(count));
        }
    }
}
