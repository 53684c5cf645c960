using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Delivery;

/// <summary>A store with one or more managers that deliver from it through a scripted way out.</summary>
internal sealed class ManagedQueue : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder;
    private readonly List<QueueManager> managers = [];

    private ManagedQueue(SqliteQueueStore store, TemporaryFolder folder, string settings)
    {
        Store = store;
        this.folder = folder;
        Settings = Load(settings);
    }

    public SqliteQueueStore Store { get; }

    public Settings Settings { get; }

    public ScriptedDeliverer Way { get; } = new();

    public string Folder => folder["data"];

    /// <param name="delivery">The section `delivery` of the configuration.</param>
    /// <param name="step">Called at the steps of the store.</param>
    public static async Task<ManagedQueue> Open(string delivery = """{ "retry": ["100ms"] }""", Action<string>? step = null)
    {
        var folder = new TemporaryFolder();
        var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder["data"], Step = step ?? (static _ => { }) });
        return new ManagedQueue(store, folder, $$"""
            { "hostname": "mx.example.org",
              "domains": { "example.org": { "mailboxes": ["alice"], "aliases": { "friends": ["alice", "carol@example.net"] } } },
              "delivery": {{delivery}} }
            """);
    }

    public QueueManager Start(IDeliverer? way = null, int mostDestinations = 100_000, IQueueStore? store = null)
    {
        var manager = new QueueManager(
            new ManagerParts(store ?? Store, way ?? Way, TimeProvider.System, NullLoggerFactory.Instance) { MostDestinations = mostDestinations, Random = static () => 0.5 },
            Settings);
        managers.Add(manager);
        manager.Start();
        return manager;
    }

    public async Task<NewMessage> Put(QueueManager? manager, Envelope envelope, DateTimeOffset? at = null, byte[]? octets = null)
    {
        var message = await Mail.New(Store, envelope, at ?? TimeProvider.System.GetUtcNow(), octets);
        await using var content = message.Content;
        Assert.Equal(EnqueueResult.Stored, await Store.Enqueue(message, default));
        manager?.Enqueued(message);
        return message;
    }

    public Task<NewMessage> Put(QueueManager? manager, params EnvelopeRecipient[] recipients) => Put(manager, Mail.Envelope(recipients));

    public Task Empty() => Until(async () => (await Store.Count(default)).Queued == 0);

    public async Task<QueueRecipient> Recipient(QueueId id) => Assert.Single((await Store.FindEntry(id, default))!.Recipients);

    /// <summary>The reports that rest in the mailbox of alice, newest first.</summary>
    public async Task<List<StoredMessage>> Reports() =>
        [.. (await Store.List(new MessageQuery { Limit = 1000 }, default)).Messages.Where(message => message.Sender.IsNull)];

    public static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    public static Settings Load(string text)
    {
        var result = Settings.Load(new SettingsSources { Text = text });
        return result.Settings ?? throw new InvalidOperationException(string.Join('\n', result.Faults));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var manager in managers)
        {
            await manager.DisposeAsync();
        }

        await Store.DisposeAsync();
        folder.Dispose();
    }
}
