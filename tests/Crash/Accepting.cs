using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.Crash;

/// <summary>Stores messages from many sessions at once and tells of each that was acknowledged.</summary>
internal static class Accepting
{
    public static async Task<int> Run(string folder, int sessions, int octets, int messages)
    {
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder, Step = new Crasher().Step });
        var run = Environment.ProcessId;
        var alice = new EnvelopeRecipient(ForwardPath.Parse("alice@example.org")!, null);
        await using var output = Console.OpenStandardOutput();
        var gate = new Lock();

        await Task.WhenAll(Enumerable.Range(0, sessions).Select(session => Task.Run(async () =>
        {
            for (var i = 0; i < messages; i++)
            {
                var subject = $"{run}-{session}-{i}";
                var (id, result) = await SealedMail.Store(store, subject, SealedMail.Octets(octets, i), alice);
                if (result == EnqueueResult.Stored)
                {
                    Tell($"ack {id} {subject}\n");
                }
            }
        })));
        return 0;

        // One write a line, straight to the pipe: what was written stays written when the process dies.
        void Tell(string line)
        {
            lock (gate)
            {
                output.Write(System.Text.Encoding.ASCII.GetBytes(line));
            }
        }
    }
}
