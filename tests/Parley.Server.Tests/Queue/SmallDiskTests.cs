using System.Diagnostics;
using System.Globalization;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley.Server.Tests.Queue;

/// <summary>The disk is full: refused, nothing lost, accepted again when there is room.</summary>
public sealed class SmallDiskTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_system_of_64_MB_takes_mail_until_it_is_full_and_again_after_deletions()
    {
        Assert.SkipUnless(await CanMount(), "needs root and unshare, to mount a small file system that goes with the process");
        string[] command = ["-m", "--propagation", "private", "sh", "-c", $"mount -t tmpfs -o size=64m tmpfs '{folder.Path}' && exec '{CrashProgram.Executable}' fill '{folder.Path}'"];

        using var run = await CrashProgram.Run("unshare", command);

        Assert.Equal(0, run.ExitCode);
        var seen = run.Lines.Select(line => line.Split(' ')).ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        Assert.InRange(seen["stored-octets"], 40L << 20, 64L << 20);
        Assert.Equal(1, seen["refused-says-so-before"]);
        Assert.Equal(1, seen["says-so-when-there-is-room"]);
        Assert.InRange(seen["stored-again-octets"], 15L << 20, 64L << 20);
        Assert.Equal(1, seen["refused-when-nothing-is-left"]);
        Assert.Equal(10, seen["deleted-when-nothing-is-left"]);
        Assert.Equal(1, seen["stored-after-all"]);
        Assert.InRange(seen["database-octets-after-deletion"], 0, 6 << 20);
        Assert.Equal(seen["messages"], seen["counted"]);
        Assert.Equal(0, seen["damaged"]);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public async Task A_message_that_would_break_into_the_reserve_is_refused_and_leaves_nothing(int octets)
    {
        await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder.Path, Reserve = long.MaxValue / 2 });
        var message = await Mail.New(store, Mail.Envelope(Mail.Resting("alice@example.org")), DateTimeOffset.UnixEpoch, Mail.Octets(octets));

        Assert.False(store.HasRoomFor(octets));
        Assert.Equal(EnqueueResult.NoRoom, await store.Enqueue(message, default));
        await message.Content.DisposeAsync();

        Assert.Equal(new StoreCounts(), await store.Count(default));
        Assert.Empty(Directory.GetFiles(folder["spool"]));
    }

    private static async Task<bool> CanMount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        try
        {
            using var probe = Process.Start("unshare", ["-m", "true"]);
            await probe.WaitForExitAsync();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
