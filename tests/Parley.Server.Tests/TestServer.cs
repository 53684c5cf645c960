using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.Server.Tests;

/// <summary>A real server with a real store in a folder of its own, on free ports of loopback.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string folder;

    private TestServer(string folder, IQueueStore store, IAccountStore accounts, ParleyServer server)
    {
        this.folder = folder;
        Store = store;
        Accounts = accounts;
        Server = server;
    }

    public IQueueStore Store { get; }

    public IAccountStore Accounts { get; }

    public ParleyServer Server { get; }

    /// <summary>A server of this configuration, with accounts that its store has from the beginning.</summary>
    public static Task<TestServer> FromFile(string configuration, params Account[] people) => Start(new SettingsSources { File = configuration }, people);

    public static Task<TestServer> FromText(string configuration, TimeProvider? time = null) =>
        Start(new SettingsSources { Text = configuration }, [], time);

    private static async Task<TestServer> Start(SettingsSources sources, Account[] people, TimeProvider? time = null)
    {
        var result = Settings.Load(sources);
        Assert.True(result.Settings is not null, string.Join('\n', result.Faults));
        var data = Directory.CreateTempSubdirectory("parley-test-").FullName;
        var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = data });
        var accounts = await SqliteAccountStore.Open(data);
        foreach (var account in people)
        {
            Assert.True(await accounts.Add(account, default));
        }

        var server = await ParleyServer.Start(result.Settings, new ServerParts(store, accounts, data, time ?? TimeProvider.System, NullLoggerFactory.Instance));
        return new TestServer(data, store, accounts, server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.Stop();
        await Server.DisposeAsync();
        Accounts.Dispose();
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
