using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Parley.Server.Tests.Queue;

/// <summary>Watches the system calls: what is acknowledged has been flushed before.</summary>
public sealed partial class FlushTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_log_is_flushed_between_each_message_and_its_acknowledgement()
    {
        var calls = await Watch("1", "1000", "10");

        AssertFlushedBeforeEachAcknowledgement(calls, "queue.db-wal");
    }

    [Fact]
    public async Task A_long_content_s_file_and_its_folder_are_flushed_before_the_log_and_the_acknowledgement()
    {
        var calls = await Watch("1", "300000", "5");

        AssertFlushedBeforeEachAcknowledgement(calls, @"spool/\w+", "spool", "queue.db-wal");
    }

    [Fact]
    public async Task The_folder_of_a_new_database_and_the_folder_above_are_flushed_before_the_first_acknowledgement()
    {
        var calls = await Watch("1", "1000", "1");

        var acknowledged = calls.FindIndex(call => call == "ack");
        Assert.InRange(calls.IndexOf($"flush {folder.Path}"), 0, acknowledged);
        Assert.InRange(calls.IndexOf($"flush {folder["data"]}"), 0, acknowledged);
    }

    /// <summary>Stores messages under strace; answers flushes that have returned and acknowledgements that begin, in their order.</summary>
    private async Task<List<string>> Watch(string sessions, string octets, string messages)
    {
        Assert.SkipUnless(await HasStrace(), "needs strace, to watch the flushes");
        var log = folder["strace.log"];
        string[] command = ["-f", "-y", "-s", "64", "-e", "trace=fsync,fdatasync,write", "-o", log, CrashProgram.Executable, "accept", folder["data"], sessions, octets, messages];
        using var run = await CrashProgram.Run("strace", command);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(int.Parse(messages, System.Globalization.CultureInfo.InvariantCulture), run.Lines.Count);

        var calls = new List<string>();
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken))
        {
            if (Flush().Match(line) is { Success: true } flush)
            {
                unfinished[flush.Groups["thread"].Value] = flush.Groups["path"].Value;
            }

            if (Returned().Match(line) is { Success: true } returned && unfinished.Remove(returned.Groups["thread"].Value, out var path))
            {
                calls.Add("flush " + path);
            }

            if (line.Contains("\"ack ", StringComparison.Ordinal))
            {
                calls.Add("ack");
            }
        }

        return calls;
    }

    private static void AssertFlushedBeforeEachAcknowledgement(List<string> calls, params string[] files)
    {
        var from = 0;
        while (calls.IndexOf("ack", from) is var acknowledged and >= 0)
        {
            // In the order of the files: each flush comes after the one before it.
            foreach (var file in files)
            {
                var flushed = calls.FindIndex(from, call => Regex.IsMatch(call, $"/{file}$", RegexOptions.None, TimeSpan.FromSeconds(60)));
                Assert.True(flushed >= 0 && flushed < acknowledged, $"{file} was not flushed before the acknowledgement: {string.Join(", ", calls[from..acknowledged])}");
                from = flushed + 1;
            }

            from = acknowledged + 1;
        }

        Assert.True(from > 0, "nothing was acknowledged");
    }

    private static async Task<bool> HasStrace()
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true, UseShellExecute = false });
            await probe!.WaitForExitAsync();
            return probe.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(?<thread>\d+)\s+(fsync|fdatasync)\(\d+<(?<path>[^>]*)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Flush();

    [GeneratedRegex(@"^(?<thread>\d+)\s+(<\.\.\. )?(fsync|fdatasync)( resumed>|\().*\)\s+= 0", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Returned();
}
