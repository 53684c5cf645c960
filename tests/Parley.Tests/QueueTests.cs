using System.Buffers;
using System.Text.Json;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;

namespace Parley.Tests;

public sealed class QueueTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    private string Data => Path.Combine(parley.Folder, "data");

    private Parley.Tests.Outcome Queue(params string[] arguments) => parley.Run(["queue", .. arguments, "--data", Data]);

    [Fact]
    public async Task What_waits_is_listed_with_its_last_reply_and_shown_with_what_that_means()
    {
        var (alice, bob) = await Fill();

        var list = Queue("list");
        Assert.Equal((0, ""), (list.ExitCode, list.Error));
        var lines = list.Output.Split('\n');
        Assert.StartsWith($"{alice}  1h00m old  ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("  from alice@example.org", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  to dave@example.com  deferred after 1 attempt, next attempt in ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("  by example.com", lines[1], StringComparison.Ordinal);
        Assert.Equal("     450 4.2.0 Greylisted, try again later  (mx.example.com [192.0.2.1])", lines[2]);
        Assert.StartsWith($"{bob}  ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("  to erin@example.net  waiting, due now  by smtp:192.0.2.9:25", lines[4], StringComparison.Ordinal);

        var show = Queue("show", alice.ToString(), "--lang", "en");
        Assert.Contains("greylist", show.Output[show.Output.IndexOf("What it means", StringComparison.Ordinal)..], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Whose move", show.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sender", "alice", 1)]
    [InlineData("--sender", "<>", 0)]
    [InlineData("--recipient", "erin@", 1)]
    [InlineData("--recipient", "@example.net", 1)]
    [InlineData("--destination", "smtp:192.0.2.9:25", 1)]
    [InlineData("--cause", "greylisted", 1)]
    [InlineData("--state", "deferred", 1)]
    [InlineData("--older-than", "30m", 2)]
    [InlineData("--older-than", "2h", 0)]
    public async Task Entries_are_chosen_by_filters(string option, string value, int expected)
    {
        await Fill();
        using var json = JsonDocument.Parse(Queue("list", option, value, "--json").Output);
        Assert.Equal(expected, json.RootElement.GetProperty("entries").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task The_JSON_of_an_entry_is_that_of_the_API()
    {
        var (alice, _) = await Fill();
        using var json = JsonDocument.Parse(Queue("show", alice.ToString(), "--json").Output);
        Assert.Equal(["id", "from", "queuedAt", "size", "recipients"], json.RootElement.EnumerateObject().Select(one => one.Name));
        var recipient = json.RootElement.GetProperty("recipients")[0];
        Assert.Equal("deferred", recipient.GetProperty("state").GetString());
        Assert.Equal(450, recipient.GetProperty("lastReply").GetProperty("code").GetInt32());
        Assert.Equal("later", recipient.GetProperty("explanation").GetProperty("retry").GetString());
    }

    [Fact]
    public async Task Entries_are_held_released_retried_and_removed()
    {
        var (alice, bob) = await Fill();
        Assert.Equal(new Outcome(0, "1 entry held\n", ""), Queue("hold", alice.ToString()));
        Assert.Contains("  to dave@example.com  held after 1 attempt  by", Queue("list").Output, StringComparison.Ordinal);
        Assert.Equal(new Outcome(0, "1 entry released\n", ""), Queue("release", "--recipient", "dave"));
        Assert.Contains("  to dave@example.com  deferred after 1 attempt, due now", Queue("list").Output, StringComparison.Ordinal);
        Assert.Equal(new Outcome(0, "2 entries are due now\n", ""), Queue("retry", "--all"));
        Assert.Equal(new Outcome(0, "1 entry is due now\n", ""), Queue("retry", "--recipient", "@example.com"));
        Assert.Equal(new Outcome(0, "1 entry removed\n", ""), Queue("remove", bob.ToString()));
        Assert.Equal(new Outcome(0, "{ \"changed\": 1 }\n", ""), Queue("remove", "--older-than", "1m", "--json"));
        Assert.Equal(new Outcome(0, "", ""), Queue("list"));
    }

    [Fact]
    public async Task A_change_of_nothing_named_is_refused_and_of_nothing_found_is_told()
    {
        await Fill();
        Assert.Equal(new Outcome(2, "", "parley queue remove: name the entries, give a filter such as --recipient, or say --all\n"), Queue("remove"));
        Assert.Equal(
            new Outcome(1, "0 entries held\n", "parley queue hold: 000000000000 is not in the queue; `parley queue list` shows what is\n"),
            Queue("hold", "000000000000"));
        Assert.Equal(new Outcome(1, "", "parley queue show: the queue has no entry xyz; `parley queue list` shows those that it has\n"), Queue("show", "xyz"));
        Assert.Equal(2, Queue("list", "--older-than", "yesterday").ExitCode);
    }

    [Fact]
    public async Task What_a_change_leaves_alone_is_not_counted_and_a_named_one_is_told()
    {
        var (alice, bob) = await Fill();
        Assert.Equal(new Outcome(1, "0 entries released\n", $"parley queue release: {alice} is not held\n"), Queue("release", alice.ToString()));
        Assert.Equal(0, Queue("hold", alice.ToString()).ExitCode);
        Assert.Equal(new Outcome(0, "1 entry is due now\n", ""), Queue("retry", "--all"));
        Assert.Equal(
            new Outcome(1, "1 entry is due now\n", $"parley queue retry: {alice} is held; `parley queue release` takes it back\n"),
            Queue("retry", alice.ToString(), bob.ToString()));
        Assert.Equal(new Outcome(0, "1 entry released\n", ""), Queue("release", "--all"));
        Assert.Equal(new Outcome(1, "0 entries released\n", ""), Queue("release", "--all"));
    }

    [Theory]
    [InlineData("--recipient", "", "--recipient is empty; give a text, or leave it out")]
    [InlineData("--destination", "", "--destination is empty; give a text, or leave it out")]
    [InlineData("--cause", "", "--cause is empty; give a text, or leave it out")]
    [InlineData("--state", "stuck", "\"stuck\" is no state; write one of waiting, active, deferred, held, delivered, failed")]
    [InlineData("--state", "1", "\"1\" is no state; write one of waiting, active, deferred, held, delivered, failed")]
    public async Task A_filter_that_says_nothing_chooses_nothing(string option, string value, string why)
    {
        await Fill();
        Assert.Equal(new Outcome(2, "", $"parley queue remove: {why}; see `parley queue remove --help`\n"), Queue("remove", option, value));
        Assert.Equal(6, Queue("list").Output.Split('\n').Length);
    }

    [Fact]
    public async Task An_empty_sender_is_the_null_sender()
    {
        await Fill();
        Assert.Equal(new Outcome(1, "0 entries removed\n", ""), Queue("remove", "--sender", ""));
    }

    [Fact]
    public void A_folder_without_a_store_is_said_in_one_line()
    {
        var outcome = Queue("list");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal($"parley queue list: {Data} holds no store; name the server's data folder with --data\n", outcome.Error);
    }

    [Fact]
    public async Task The_JSON_of_a_list_is_that_of_its_entries_in_a_list()
    {
        var (alice, bob) = await Fill();
        var entries = new[] { alice, bob }.Select(id => "    " + Queue("show", id.ToString(), "--json").Output.TrimEnd().ReplaceLineEndings("\n    "));
        Assert.Equal("{\n  \"entries\": [\n" + string.Join(",\n", entries) + "\n  ],\n  \"next\": null\n}\n", Queue("list", "--json").Output);
        Assert.Equal("{\n  \"entries\": [],\n  \"next\": null\n}\n", Queue("list", "--json", "--state", "held").Output);
    }

    [Fact]
    public async Task A_queue_of_many_pages_is_listed_and_changed_whole()
    {
        var ids = await FillDeep();
        var lines = Queue("list").Output.Split('\n').Where(line => line.Length > 0 && line[0] != ' ');
        Assert.Equal(ids, lines.Select(line => line.Split(' ')[0]));
        using var json = JsonDocument.Parse(Queue("list", "--json").Output);
        Assert.Equal(ids, json.RootElement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
        Assert.Equal(new Outcome(0, $"{Deep / 2} entries held\n", ""), Queue("hold", "--recipient", "even"));
        Assert.Equal(new Outcome(0, $"{Deep / 2} entries are due now\n", ""), Queue("retry", "--all"));
        Assert.Equal(new Outcome(0, $"{Deep} entries removed\n", ""), Queue("remove", "--all"));
        Assert.Equal(new Outcome(0, "", ""), Queue("list"));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list", "--json")]
    public async Task A_list_that_nobody_reads_any_more_ends_quietly_and_reads_no_further(params string[] list)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the system does not tell whether a pipe is still read");
            return;
        }

        await FillDeep();
        Spoil("last@odd.example");
        // Read to its end, the list comes to what was spoilt.
        var whole = Queue(list);
        Assert.Equal(2, whole.ExitCode);
        Assert.Contains("restore a backup", whole.Error, StringComparison.Ordinal);

        // The first page of a thousand is more than a pipe holds, so that the program waits there for its reader.
        using var process = parley.Start(["queue", .. list, "--data", Data]);
        var error = process.StandardError.ReadToEndAsync();
        Assert.NotNull(await process.StandardOutput.ReadLineAsync());
        process.StandardOutput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((0, ""), (process.ExitCode, await error));
    }

    private const int Deep = 2200;

    /// <summary>More than two pages of a list; answers the names in their order.</summary>
    private async Task<IReadOnlyList<string>> FillDeep()
    {
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = Data });
        var hourAgo = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        var ids = await Task.WhenAll(Enumerable.Range(0, Deep).Select(i =>
            Put(store, "alice@example.org", i == Deep - 1 ? "last@odd.example" : $"somebody@{(i % 2 == 0 ? "even" : "odd")}.example", "example.com", hourAgo)));
        return [.. ids.Order().Select(id => id.ToString())];
    }

    /// <summary>Makes an address in the database one that cannot be.</summary>
    private void Spoil(string address)
    {
        var file = Path.Combine(Data, SqliteQueueStore.FileName);
        var octets = File.ReadAllBytes(file);
        var text = System.Text.Encoding.ASCII.GetBytes(address);
        var found = 0;
        for (int at, from = 0; (at = octets.AsSpan(from).IndexOf(text)) >= 0; from += at + 1, found++)
        {
            octets[from + at + address.IndexOf('@', StringComparison.Ordinal)] = (byte)' ';
        }

        Assert.NotEqual(0, found);
        File.WriteAllBytes(file, octets);
    }

    private async Task<(QueueId Alice, QueueId Bob)> Fill()
    {
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = Data });
        var hourAgo = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(60.2);
        var alice = await Put(store, "alice@example.org", "dave@example.com", "example.com", hourAgo);
        var bob = await Put(store, "bob@example.org", "erin@example.net", "smtp:192.0.2.9:25", hourAgo);
        var claim = Assert.Single(await store.Claim(["example.com"], 1, TimeSpan.FromMinutes(1), default));
        var reply = new AttemptReply(450, "4.2.0", "Greylisted, try again later", "mx.example.com [192.0.2.1]");
        await store.Record(claim.Lease, [new Parley.Server.Queue.Outcome.Deferred(alice, 0, reply, hourAgo + TimeSpan.FromHours(2))], null, default);
        return (alice, bob);
    }

    private static async Task<QueueId> Put(SqliteQueueStore store, string sender, string recipient, string destination, DateTimeOffset at)
    {
        await using var content = store.NewContent();
        content.Write("Subject: hello\r\n\r\nhello\r\n"u8);
        var envelope = new Envelope(ReversePath.Parse(sender)!, [new EnvelopeRecipient(ForwardPath.Parse(recipient)!, destination)]);
        var message = new NewMessage(store.NextId(), envelope, content, at);
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
        return message.Id;
    }
}
