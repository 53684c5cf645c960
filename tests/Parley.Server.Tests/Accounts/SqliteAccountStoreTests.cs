using Parley.Server.Accounts;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Accounts;

/// <summary>The SQLite store keeps the contract, also beside a running queue.</summary>
public sealed class SqliteAccountStoreTests : AccountStoreContract
{
    private readonly TemporaryFolder folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task An_account_added_beside_a_running_queue_is_seen_at_once()
    {
        await using var queue = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path });
        using var server = await OpenStore();
        Assert.Null(await server.Find("alice", default));
        using (var tool = await OpenStore())
        {
            Assert.True(await tool.Add(People.Alice, default));
        }

        Assert.NotNull(await server.Find("alice", default));
    }

    [Fact]
    public async Task Many_may_make_the_database_at_one_time()
    {
        using var fresh = new TemporaryFolder();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SqliteAccountStore.Open(fresh.Path)));
        var secrets = await Task.WhenAll(stores.Select(async store => Convert.ToHexString(await store.ServerSecret(default))));
        Assert.Single(secrets.Distinct(StringComparer.Ordinal));
        Array.ForEach(stores, store => store.Dispose());
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_file()
    {
        using var opened = await OpenStore();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[SqliteQueueStore.FileName]));
        }
    }

    protected override async Task<IAccountStore> OpenStore() => await SqliteAccountStore.Open(folder.Path);
}
