using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Tests.Shared;

namespace Parley.Server.Tests.Queue;

/// <summary>The data folder: whose it is, what is in it, who may open it.</summary>
public sealed class SqliteFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualTime time = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_and_told_what_to_do()
    {
        await using var first = await Open();

        var refusal = await Assert.ThrowsAsync<StoreInUseException>(() => Open());

        Assert.Contains(folder["data"], refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_opened_is_not_taken_for_a_second_server()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows needs a privilege to make symbolic links");
            return;
        }

        Directory.CreateDirectory(folder["data"]);
        File.CreateSymbolicLink(folder["data/lock"], folder["data/lock"]);

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.Contains("cannot be used", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_is_free_again_after_the_server_has_closed_it_and_the_log_is_put_away()
    {
        await (await Open()).DisposeAsync();

        Assert.False(File.Exists(folder["data/queue.db-wal"]));
        await using var second = await Open();
    }

    [Fact]
    public async Task Folders_and_files_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps rights in lists, not in modes");
            return;
        }

        await using var store = await Open();
        await Put(store, 400_000);

        foreach (var path in Directory.GetFileSystemEntries(folder["data"], "*", SearchOption.AllDirectories).Append(folder["data"]))
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            Assert.Equal((path, UnixFileMode.None), (path, File.GetUnixFileMode(path) & Others));
        }
    }

    [Fact]
    public async Task A_tool_beside_the_server_sees_and_changes_the_queue_and_the_server_notices()
    {
        await using var server = await Open();
        var id = await Mail.Put(server, time.Now, Mail.Going("bob@example.com"));
        var before = server.ForeignChanges;
        await using var tool = await Open(beside: true);

        Assert.Equal(id, Assert.Single((await tool.ListQueue(new QueueFilter(), default)).Entries).Id);
        Assert.Equal(1, await tool.Change([id], QueueChange.Hold, default));

        Assert.Equal(1, (await server.Count(default)).Held);
        Assert.Empty(await server.Claim(["example.com"], 1, TimeSpan.FromMinutes(1), default));
        Assert.True(server.ForeignChanges > before);
    }

    [Fact]
    public async Task A_tool_does_not_give_back_what_the_running_server_has_claimed()
    {
        await using var server = await Open();
        var id = await Mail.Put(server, time.Now, Mail.Going("bob@example.com"));
        await server.Claim(["example.com"], 1, TimeSpan.FromMinutes(1), default);

        await using var tool = await Open(beside: true);

        Assert.Equal(RecipientState.Active, Assert.Single((await tool.FindEntry(id, default))!.Recipients).State);
    }

    [Fact]
    public async Task A_tool_and_a_server_that_write_at_the_same_time_do_not_hinder_each_other()
    {
        await using var server = await Open();
        await using var tool = await Open(beside: true);

        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Mail.Put(server, time.Now, Mail.Going("bob@example.com"))));
        var writing = Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Mail.Put(server, time.Now, Mail.Resting("alice@example.org"))));
        foreach (var id in ids)
        {
            Assert.Equal(1, await tool.Change([id], QueueChange.Remove, default));
        }

        await writing;
        Assert.Equal((100L, 0L), await Counts(server));

        static async Task<(long, long)> Counts(SqliteQueueStore store)
        {
            var counts = await store.Count(default);
            return (counts.Messages, counts.Queued);
        }
    }

    [Fact]
    public async Task A_tool_is_refused_where_there_is_no_store()
    {
        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open(beside: true));

        Assert.Contains("holds no store", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused_with_advice()
    {
        await (await Open()).DisposeAsync();
        using (var database = Database.Open(folder["data/queue.db"], writes: true, TimeSpan.Zero))
        {
            database.Execute($"PRAGMA user_version={Schema.Version + 1}");
        }

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.Contains("newer", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("upgrade", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_program_is_left_alone()
    {
        Directory.CreateDirectory(folder["data"]);
        DataFolder.EnsureFile(folder["data/queue.db"]);
        using (var database = Database.Open(folder["data/queue.db"], writes: true, TimeSpan.Zero))
        {
            database.Execute("CREATE TABLE recipes(name TEXT)");
        }

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.Contains("no store of Parley", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_in_one_line()
    {
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllTextAsync(folder["data/queue.db"], new string('x', 10_000), TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused_with_advice()
    {
        await File.WriteAllTextAsync(folder["data"], "a file", TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_no_message_names_are_removed_at_start_and_the_others_are_kept()
    {
        QueueId kept;
        await using (var store = await Open())
        {
            kept = await Put(store, 400_000);
        }

        await File.WriteAllTextAsync(folder["data/spool/0123456789ab"], "left by a crash", TestContext.Current.CancellationToken);
        await using var again = await Open();

        Assert.Single(Directory.GetFiles(folder["data/spool"]));
        Assert.NotNull(await Mail.Read(again, kept));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_that_lost_its_database_is_refused_and_its_files_are_kept(bool isThereButEmpty)
    {
        await using (var store = await Open())
        {
            await Put(store, 400_000);
        }

        File.Delete(folder["data/queue.db"]);
        if (isThereButEmpty)
        {
            DataFolder.EnsureFile(folder["data/queue.db"]);
        }

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.Contains("restore", refusal.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder["data/spool"]));
    }

    [Fact]
    public async Task An_empty_database_beside_a_log_is_refused_and_the_log_is_kept()
    {
        Directory.CreateDirectory(folder["data"]);
        DataFolder.EnsureFile(folder["data/queue.db"]);
        await File.WriteAllTextAsync(folder["data/queue.db-wal"], "mail", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StoreUnusableException>(() => Open());

        Assert.True(File.Exists(folder["data/queue.db-wal"]));
    }

    [Fact]
    public async Task A_content_whose_file_was_cut_short_is_a_fault_and_not_a_shorter_message()
    {
        await using var store = await Open();
        var id = await Put(store, 400_000);
        using (var file = File.OpenWrite(Assert.Single(Directory.GetFiles(folder["data/spool"]))))
        {
            file.SetLength(1000);
        }

        var fault = await Assert.ThrowsAsync<IOException>(async () => await store.OpenContent(id, default));

        Assert.Contains("1000 octets", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_that_no_message_came_to_own_leaves_no_file()
    {
        await using var store = await Open();
        var content = store.NewContent();
        await Mail.Write(content, Mail.Octets(400_000));
        Assert.Single(Directory.GetFiles(folder["data/spool"]));

        await content.DisposeAsync();

        Assert.Empty(Directory.GetFiles(folder["data/spool"]));
    }

    [Fact]
    public void The_newer_of_the_two_libraries_is_used_and_named()
    {
        Assert.Matches(@"^3\.\d+\.\d+ \((system|bundled)\)$", SqliteQueueStore.LibraryVersion);
    }

    [Fact]
    public void The_format_of_the_file_changes_only_together_with_its_version()
    {
        // When this fails after a release, raise Schema.Version, and teach Schema.Prepare to bring the version before up to it.
        Assert.Equal(1, Schema.Version);
        Golden.Check("tests/Parley.Server.Tests/Queue/schema-1.golden.sql", Schema.Tables);
    }

    private Task<SqliteQueueStore> Open(bool beside = false) =>
        SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder["data"], Time = time, Beside = beside });

    private async Task<QueueId> Put(SqliteQueueStore store, int octets)
    {
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), time.Now, Mail.Octets(octets));
        await using var content = message.Content;
        Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
        return message.Id;
    }
}
