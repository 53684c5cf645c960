using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Delivery;

public sealed class MaildirDeliveryTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private SqliteQueueStore store = null!;

    public async ValueTask InitializeAsync() => store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder["data"] });

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Mail_for_a_mailbox_goes_to_its_Maildir_under_a_return_path_and_rests_in_the_store_too()
    {
        var id = await Mail.Put(store, DateTimeOffset.UnixEpoch, Mail.Resting("alice@example.org"), Mail.Going("alice@example.org", LocalDelivery.Mailboxes));
        await using var delivery = Start();

        await Until(async () => (await store.Count(default)).Queued == 0);

        var file = Assert.Single(Directory.GetFiles(folder["mail/example.org/alice/new"]));
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal("Return-Path: <sender@example.net>\r\n" + Encoding.ASCII.GetString((await Mail.Read(store, id))!), text);
    }

    [Fact]
    public async Task What_waited_while_nobody_delivered_is_delivered_at_start()
    {
        for (var i = 0; i < 250; i++)
        {
            await Mail.Put(store, DateTimeOffset.UnixEpoch, Mail.Going($"u{i % 7}@example.org", LocalDelivery.Mailboxes));
        }

        await using var delivery = Start();

        await Until(async () => (await store.Count(default)).Queued == 0);
        Assert.Equal(250, Directory.GetFiles(folder["mail"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Mail_that_cannot_be_written_is_deferred_with_the_cause()
    {
        Directory.CreateDirectory(folder["mail"]);
        await File.WriteAllTextAsync(folder["mail/example.org"], "a file where the folder should be", TestContext.Current.CancellationToken);
        var id = await Mail.Put(store, TimeProvider.System.GetUtcNow(), Mail.Going("alice@example.org", LocalDelivery.Mailboxes));
        await using var delivery = Start();

        await Until(async () => (await store.Count(default)).Deferred == 1);

        var recipient = Assert.Single((await store.FindEntry(id, default))!.Recipients);
        Assert.NotEqual(string.Empty, recipient.LastReply!.Text);
        Assert.True(recipient.NextAttempt > TimeProvider.System.GetUtcNow());
    }

    private QueueManager Start()
    {
        var settings = ManagedQueue.Load($$"""{ "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } }, "maildir": "{{folder["mail"]}}" }""");
        var manager = new QueueManager(new ManagerParts(store, new LocalDelivery(() => settings), TimeProvider.System, NullLoggerFactory.Instance), settings);
        manager.Start();
        return manager;
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
