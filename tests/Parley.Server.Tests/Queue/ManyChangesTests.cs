using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.Server.Tests.Queue;

/// <summary>A tool that changes a deep queue beside a server that takes mail.</summary>
public sealed class ManyChangesTests : IDisposable
{
    private const int Entries = 1200;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Many_changes_are_made_in_steps_and_the_server_may_write_between_them()
    {
        var time = new NotedPauses();
        await using var server = await Open(beside: false, TimeProvider.System);
        var ids = await Task.WhenAll(Enumerable.Range(0, Entries).Select(_ => Mail.Put(server, time.GetUtcNow(), Mail.Going("bob@example.com"))));
        await using var tool = await Open(beside: true, time);

        Assert.Equal(Entries, await tool.Change(ids, QueueChange.Hold, default));

        Assert.Equal(Entries, (await server.Count(default)).Held);
        Assert.Equal(2, time.Pauses.Count);
        Assert.All(time.Pauses, pause => Assert.InRange(pause.TotalMilliseconds, 25, 100));
    }

    [Fact]
    public async Task What_the_server_does_itself_takes_no_pauses()
    {
        var time = new NotedPauses();
        await using var server = await Open(beside: false, time);
        var ids = await Task.WhenAll(Enumerable.Range(0, Entries).Select(_ => Mail.Put(server, time.GetUtcNow(), Mail.Going("bob@example.com"))));

        Assert.Equal(Entries, await server.Change(ids, QueueChange.Remove, default));

        Assert.Empty(time.Pauses);
    }

    private Task<SqliteQueueStore> Open(bool beside, TimeProvider time) =>
        SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder["data"], Time = time, Beside = beside });

    /// <summary>Notes what is waited for, and waits no longer than it must.</summary>
    private sealed class NotedPauses : TimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
