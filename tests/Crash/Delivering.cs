using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.Crash;

/// <summary>Stores messages that go out, then fails each of them with a report to its sender.</summary>
internal static class Delivering
{
    private static readonly AttemptReply Refused = new(550, "5.1.1", "no such user", "mx.example.com");

    public static async Task<int> Run(string folder, int messages)
    {
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder, Step = new Crasher().Step });
        var bob = new EnvelopeRecipient(ForwardPath.Parse("bob@example.com")!, "example.com");
        var sender = new EnvelopeRecipient(ForwardPath.Parse("sender@example.net")!, null);
        for (var i = (await store.Count(default)).Queued; i < messages; i++)
        {
            await SealedMail.Store(store, "original", SealedMail.Octets(1000, (int)i), bob);
        }

        while (await store.Claim(["example.com"], 1, TimeSpan.FromMinutes(1), default) is [var claim])
        {
            var id = claim.Messages[0].Id;
            await using var content = store.NewContent();
            await SealedMail.Write(content, SealedMail.Octets(500, 1));
            var report = SealedMail.Message(store, "report " + id, content, sender);
            await store.Record(claim.Lease, [new Outcome.Failed(id, 0, Refused)], report, default);
        }

        return 0;
    }
}
