using System.Buffers;
using System.Net;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;
using Parley.Tests.Shared;

namespace Parley.Tests.Durability;

public sealed class DamageTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    private string Data => Path.Combine(parley.Folder, "data");

    [Fact]
    public async Task A_server_that_comes_upon_damage_is_not_ready_and_says_what_to_do()
    {
        await using (var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = Data }))
        {
            await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Put(store)));
        }

        DamagedFile.Make(Path.Combine(Data, SqliteQueueStore.FileName));
        using var process = parley.Start("serve", "--data", Data, "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0");
        try
        {
            var ready = await process.StandardOutput.ReadLineAsync() ?? "";
            using var client = new HttpClient { BaseAddress = new Uri($"http://{ready[(ready.IndexOf("http=", StringComparison.Ordinal) + 5)..]}/") };
            Assert.Equal("ok\n", await client.GetStringAsync("readyz"));

            using var list = await client.GetAsync("api/v1/messages?query=nowhere");
            Assert.Equal(HttpStatusCode.InternalServerError, list.StatusCode);

            using var after = await client.GetAsync("readyz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, after.StatusCode);
            Assert.Equal(
                "store: a part of the database cannot be read; stop the server and restore a backup as docs/operating.md says; the log says more\n",
                await after.Content.ReadAsStringAsync());
            Assert.Equal("ok\n", await client.GetStringAsync("healthz"));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task Put(SqliteQueueStore store)
    {
        await using var content = store.NewContent();
        content.Write(new byte[4000]);
        await content.Flush(default);
        var envelope = new Envelope(ReversePath.Null, [new EnvelopeRecipient(ForwardPath.Parse($"{new string('a', 60)}@{new string('b', 60)}.example")!, null)]);
        var message = new NewMessage(store.NextId(), envelope, content, TimeProvider.System.GetUtcNow()) { Subject = new string('s', 900) };
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
    }
}
