using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Configuration;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Tests.Accounts;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Listening;

public sealed class FaultOfOursTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_connection_that_a_fault_ends_before_its_greeting_is_closed()
    {
        using var folder = new TemporaryFolder();
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path });
        using var accounts = new AccountTable();
        var settings = Settings.Load(new SettingsSources
        {
            Text = """
                { "hostname": "mx.example.org", "domains": { "example.org": {} }, "http": { "address": null },
                  "listeners": [ { "address": "127.0.0.1:0", "role": "submission" } ], "tls": { "allowPlaintextAuth": true } }
                """,
        }).Settings!;
        await using var server = await ParleyServer.Start(settings, new ServerParts(store, accounts, folder.Path, TimeProvider.System, NullLoggerFactory.Instance));
        accounts.IsBroken = true;

        using var client = new TcpClient();
        await client.ConnectAsync(server.Addresses[0]);
        using var patience = new CancellationTokenSource(Patience);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[100], patience.Token));
    }
}
