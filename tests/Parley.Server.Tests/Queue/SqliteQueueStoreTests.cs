using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.Server.Tests.Queue;

/// <summary>The SQLite store keeps the contract.</summary>
public sealed class SqliteQueueStoreTests : QueueStoreContract
{
    private readonly TemporaryFolder folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override async Task<IQueueStore> OpenStore(TimeProvider clock, Retention? keep) =>
        await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path, Time = clock, Retention = keep });
}
