using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Delivery;

public sealed class MaildirDeliveryTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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
        await using var delivery = Start();
        var id = await Mail.Put(store, DateTimeOffset.UnixEpoch, Mail.Resting("alice@example.org"), Mail.Going("alice@example.org", MaildirDelivery.Destination));
        delivery.Wake();

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
            await Mail.Put(store, DateTimeOffset.UnixEpoch, Mail.Going($"u{i % 7}@example.org", MaildirDelivery.Destination));
        }

        await using var delivery = Start();

        await Until(async () => (await store.Count(default)).Queued == 0);
        Assert.Equal(250, Directory.GetFiles(folder["mail"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Mail_that_cannot_be_written_is_deferred_with_the_cause()
    {
        await File.WriteAllTextAsync(folder["mail"], "a file where the folder should be", TestContext.Current.CancellationToken);
        await using var delivery = Start();
        var id = await Mail.Put(store, DateTimeOffset.UnixEpoch, Mail.Going("alice@example.org", MaildirDelivery.Destination));
        delivery.Wake();

        await Until(async () => (await store.Count(default)).Deferred == 1);

        var recipient = Assert.Single((await store.FindEntry(id, default))!.Recipients);
        Assert.NotEqual(string.Empty, recipient.LastReply!.Text);
        Assert.True(recipient.NextAttempt > TimeProvider.System.GetUtcNow());
    }

    private MaildirDelivery Start() => new(store, new Maildir(folder["mail"], "mx.example.org"), TimeProvider.System, NullLogger.Instance);

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
