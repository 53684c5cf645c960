using Parley.Server.Accounts;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Tests.Shared;

namespace Parley.Server.Tests.Queue;

/// <summary>What the store says of a disk that fails.</summary>
public sealed class StoreHealthTests : IDisposable
{
    private const int DiskFailsToWrite = 778;
    private const int DiskFailsToRead = 266;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_store_that_works_has_nothing_to_say()
    {
        await using var store = await Open();
        var id = await Put(store, 100);
        Assert.NotNull(await store.Find(id, default));
        Assert.Null(store.Trouble);
    }

    [Fact]
    public async Task A_damaged_page_is_told_from_the_read_that_comes_upon_it_and_no_write_mends_it()
    {
        await using (var store = await Open())
        {
            await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Put(store, 4000)));
        }

        DamagedFile.Make(folder["data/queue.db"]);
        await using var damaged = await Open();
        Assert.Null(damaged.Trouble);

        await Assert.ThrowsAsync<SqliteFault>(async () =>
        {
            foreach (var message in (await damaged.List(new MessageQuery { Limit = 1000 }, default)).Messages)
            {
                await using var content = await damaged.OpenContent(message.Id, default);
            }
        });

        Assert.Contains("restore a backup", damaged.Trouble, StringComparison.Ordinal);
        await Put(damaged, 100);
        Assert.Contains("restore a backup", damaged.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_that_cannot_be_read_are_told_with_the_mail_in_the_same_database()
    {
        var health = new StoreHealth();
        using (var accounts = await SqliteAccountStore.Open(folder["data"]))
        {
            var domain = string.Join('.', Enumerable.Repeat(new string('d', 60), 3));
            for (var number = 0; number < 20; number++)
            {
                var addresses = Enumerable.Range(0, 60).Select(address => Mail.To($"{number}-{address}@{domain}").Mailbox!);
                Assert.True(await accounts.Add(new Account { Name = $"user{number}", Addresses = [.. addresses] }, default));
            }
        }

        DamagedFile.Make(folder["data/queue.db"]);
        using var damaged = await SqliteAccountStore.Open(folder["data"], health);

        await Assert.ThrowsAsync<SqliteFault>(async () => await damaged.List(default));

        Assert.Contains("restore a backup", health.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_fails_is_told_until_one_succeeds_though_no_mail_comes()
    {
        var fault = 0;
        await using var store = await Open(step =>
        {
            if (step == "rows-written" && Volatile.Read(ref fault) is var code and not 0)
            {
                throw new SqliteFault(code, "disk I/O error");
            }
        });
        Volatile.Write(ref fault, DiskFailsToWrite);

        await Assert.ThrowsAsync<SqliteFault>(() => Put(store, 100));

        Assert.Contains("451", store.Trouble, StringComparison.Ordinal);
        Volatile.Write(ref fault, 0);
        await Until(() => store.Trouble is null);
        Assert.Equal(0, (await store.Count(default)).Messages);
    }

    [Fact]
    public async Task What_the_disk_does_not_give_back_is_told_whatever_is_written_later()
    {
        var fault = 0;
        await using var store = await Open(step =>
        {
            if (step == "rows-written" && Interlocked.Exchange(ref fault, 0) is var code and not 0)
            {
                throw new SqliteFault(code, "disk I/O error");
            }
        });
        Volatile.Write(ref fault, DiskFailsToRead);

        await Assert.ThrowsAsync<SqliteFault>(() => Put(store, 100));

        Assert.Contains("restore a backup", store.Trouble, StringComparison.Ordinal);
        await Put(store, 100);
        Assert.Contains("restore a backup", store.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_refused_for_its_own_sake_is_no_fault_of_the_disk()
    {
        await using var store = await Open();
        var taken = await Put(store, 100);
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), DateTimeOffset.UnixEpoch);
        await using var content = message.Content;

        await Assert.ThrowsAsync<SqliteFault>(async () => await store.Enqueue(message with { Id = taken }, default));

        Assert.Null(store.Trouble);
    }

    private Task<SqliteQueueStore> Open(Action<string>? step = null) =>
        SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder["data"], Step = step ?? (static _ => { }) });

    private static async Task<QueueId> Put(SqliteQueueStore store, int octets)
    {
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), DateTimeOffset.UnixEpoch, Mail.Octets(octets));
        await using var content = message.Content;
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
        return message.Id;
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
