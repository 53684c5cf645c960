using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Delivery;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Server.Reports;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Delivery;

public sealed class VisitorTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task What_a_pause_puts_off_is_not_put_off_again_when_the_pause_ends_meanwhile()
    {
        // The clock of the sites stands still: for them the pause goes on, while for the queue it is over.
        var (early, late) = (new ManualTime(), new ManualTime());
        using var folder = new TemporaryFolder();
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path, Time = late });
        await Mail.Put(store, late.Now, Mail.Going("bob@example.com"));
        var sites = new Sites(early);
        var entered = sites.Enter("example.com", "example.com", 1);
        sites.Throttled(entered.Site, new AttemptReply(451, "4.7.500", "Server busy", "mx"), static _ => Minute);
        late.Advance(Minute);

        var settings = ManagedQueue.Load("""{ "hostname": "mx.example.org", "domains": { "example.org": {} } }""");
        using var recorder = new OutcomeRecorder(store, new DeliveryStatus(store, late, NullLogger.Instance), late, static () => 0.5, NullLogger.Instance);
        var again = new List<(string, DateTimeOffset)>();
        var visitor = new Visitor(new VisitParts(store, recorder, late), new ScriptedDeliverer(), sites, NullLogger.Instance)
        {
            Settings = () => settings,
            Stopping = default,
            OthersWait = static () => false,
            QueueChangedUnseen = static () => false,
            Again = (destination, at) => again.Add((destination, at)),
        };
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await visitor.Serve("example.com", patience.Token);

        Assert.False(patience.IsCancellationRequested);
        Assert.Equal("example.com", Assert.Single(again).Item1);
    }

    [Fact]
    public async Task What_an_operator_wants_tried_is_not_put_off_for_a_pause_that_his_wish_is_about_to_end()
    {
        var time = new ManualTime();
        using var folder = new TemporaryFolder();
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path, Time = time });
        await Mail.Put(store, time.Now, Mail.Going("bob@example.com"));
        var sites = new Sites(time);
        sites.Throttled(sites.Enter("example.com", "example.com", 1).Site, new AttemptReply(451, "4.7.500", "Server busy", "mx"), static _ => Minute);

        var settings = ManagedQueue.Load("""{ "hostname": "mx.example.org", "domains": { "example.org": {} } }""");
        using var recorder = new OutcomeRecorder(store, new DeliveryStatus(store, time, NullLogger.Instance), time, static () => 0.5, NullLogger.Instance);
        var isUnseen = true;
        var again = new List<DateTimeOffset>();
        var visitor = new Visitor(new VisitParts(store, recorder, time), new ScriptedDeliverer(), sites, NullLogger.Instance)
        {
            Settings = () => settings,
            Stopping = default,
            OthersWait = static () => false,
            QueueChangedUnseen = () => isUnseen,
            Again = (_, at) => again.Add(at),
        };

        await visitor.Serve("example.com", default);
        Assert.Equal(time.Now, await store.NextAttempt("example.com", default));
        Assert.Contains(time.Now + TimeSpan.FromSeconds(1), again);

        isUnseen = false;
        await visitor.Serve("example.com", default);
        Assert.Equal(time.Now + Minute, await store.NextAttempt("example.com", default));
    }
}
