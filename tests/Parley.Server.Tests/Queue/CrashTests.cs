using Parley.Crash;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.Server.Tests.Queue;

/// <summary>The process is killed: at each step of <c>docs/queue-states.md</c>, and at any time under load.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Killed = 137;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("spool-created", 300_000)]
    [InlineData("spool-written", 300_000)]
    [InlineData("spool-flushed", 300_000)]
    [InlineData("spool-folder-flushed", 300_000)]
    [InlineData("batch-taken", 300_000)]
    [InlineData("committed", 300_000)]
    [InlineData("batch-taken", 2000)]
    [InlineData("rows-written", 2000)]
    [InlineData("committed", 2000)]
    [InlineData("acknowledged", 2000)]
    public async Task Killed_after_a_step_all_that_was_acknowledged_is_there_once_and_nothing_is_half_there(string step, int octets)
    {
        using var run = await CrashProgram.Run(CrashProgram.Executable, ["accept", folder.Path, "3", $"{octets}"], $"{step}:5");

        Assert.Equal(Killed, run.ExitCode);
        await using var store = await Open();
        await AssertAllThere(store, run.Lines);
        Assert.Equal(
            (await store.List(new MessageQuery { Limit = 1000 }, default)).Messages.Count(message => message.Size > MessageContent.MemoryBound),
            Directory.GetFiles(folder["spool"]).Length);
    }

    [Theory]
    [InlineData("rows-written:8")]
    [InlineData("committed:8")]
    [InlineData("acknowledged:8")]
    [InlineData("rows-written:13")]
    [InlineData("committed:13")]
    public async Task Killed_while_recording_a_failure_its_report_is_there_if_and_only_if_the_message_is_not(string crashAt)
    {
        const int Messages = 5;
        using var run = await CrashProgram.Run(CrashProgram.Executable, ["deliver", folder.Path, $"{Messages}"], crashAt);
        Assert.Equal(Killed, run.ExitCode);

        await using var store = await Open();
        var all = (await store.List(new MessageQuery { Limit = 100 }, default)).Messages;
        var reported = all.Where(message => message.Subject.StartsWith("report ", StringComparison.Ordinal)).Select(message => message.Subject["report ".Length..]).ToList();
        var left = all.Where(message => message.Queued).Select(message => message.Id.ToString()).ToList();

        Assert.Equal(Messages, reported.Count + left.Count);
        Assert.Empty(reported.Intersect(left, StringComparer.Ordinal));
        Assert.Equal(reported.Count, reported.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(0, (await store.Count(default)).Active);
    }

    [Fact]
    public async Task Killed_twenty_times_under_load_from_fifty_sessions_nothing_acknowledged_is_lost()
    {
        const int Kills = 20;
        var random = new Random(1);
        var acknowledged = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            // Every fourth time with contents that have files of their own.
            using var run = CrashProgram.Start(CrashProgram.Executable, ["accept", folder.Path, "50", kill % 4 == 3 ? "300000" : "3000"]);
            await run.ReadLine();
            await Task.Delay(random.Next(20, 150), TestContext.Current.CancellationToken);
            run.Kill();
            await run.ReadToEnd();

            await using var store = await Open();
            await AssertAllThere(store, run.Lines);
            acknowledged += run.Lines.Count;
        }

        await using var last = await Open();
        Assert.True((await last.Count(default)).Messages >= acknowledged);
        TestContext.Current.TestOutputHelper?.WriteLine($"{acknowledged} messages acknowledged before {Kills} kills, none lost");
    }

    private async Task<SqliteQueueStore> Open() => await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path });

    /// <summary>Each acknowledged message is stored once, and every message that is stored is whole.</summary>
    private static async Task AssertAllThere(IQueueStore store, IEnumerable<string> acknowledgements)
    {
        var acknowledged = acknowledgements.Select(line => line.Split(' ')).ToList();
        Assert.All(acknowledged, words => Assert.Equal("ack", words[0]));
        var run = acknowledged.FirstOrDefault()?[2].Split('-')[0] ?? string.Empty;
        var stored = new List<StoredMessage>();
        QueueId? after = null;
        do
        {
            var page = await store.List(new MessageQuery { Limit = 1000, After = after }, default);
            stored.AddRange(page.Messages.Where(message => message.Subject.StartsWith(run, StringComparison.Ordinal)));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(stored.Count, stored.Select(message => message.Subject).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(acknowledged.Select(words => $"{words[1]} {words[2]}").Except(stored.Select(message => $"{message.Id} {message.Subject}"), StringComparer.Ordinal));
        foreach (var message in stored)
        {
            Assert.True(await SealedMail.IsWhole(store, message), $"{message.Subject} is damaged");
        }
    }
}
