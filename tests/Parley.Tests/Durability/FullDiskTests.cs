using System.Diagnostics;
using System.Net;
using System.Text;
using Parley.Tests.Interop;

namespace Parley.Tests.Durability;

public sealed class FullDiskTests : IDisposable
{
    private const string Configuration = """{ "hostname": "mx.example.org", "domains": { "example.org": { "mailboxes": ["alice"] } }, "limits": { "connectionsPerAddress": 1000 } }""";

    private readonly string folder = Directory.CreateTempSubdirectory("parley-full-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static int Length(string name) => name.EndsWith('5') ? 400_000 : 20_000;

    [Fact]
    public async Task A_file_system_of_64_MB_full_of_mail_is_452_and_deleting_makes_room_again()
    {
        Assert.SkipUnless(await CanMount(), "needs root and unshare, to mount a small file system that goes with the process");
        using var parley = ServingProgram.OnSmallDisk(Configuration, folder, megabytes: 64);
        var client = new LoadClient();
        await Fill(client, parley.Smtp[0]);
        Assert.All(client.Refused, answer => Assert.StartsWith("452 4.3.1", answer, StringComparison.Ordinal));
        Assert.NotEmpty(client.Refused);

        // Nothing that was acknowledged is lost or damaged by the full disk.
        var stored = await KillTests.Stored(parley);
        Assert.Equal(client.Acknowledged.Order(StringComparer.Ordinal), stored.Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.InRange(client.Acknowledged.Sum(name => (long)Length(name)), 30L << 20, 64L << 20);
        foreach (var (id, name) in stored)
        {
            Assert.EndsWith(LoadClient.Body(name, Length(name)), Encoding.ASCII.GetString(await parley.Raw(id)), StringComparison.Ordinal);
        }

        // DELETE works on the full disk, and what it frees is used again.
        foreach (var (id, _) in stored.Take(stored.Count / 2))
        {
            using var deleted = await parley.Http.DeleteAsync(new Uri("api/v1/messages/" + id, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        var before = client.Acknowledged.Count;
        await Fill(client, parley.Smtp[0]);
        Assert.True(client.Acknowledged.Count > before + (stored.Count / 4), $"{client.Acknowledged.Count - before} messages were taken after {stored.Count / 2} had been deleted");
    }

    private static async Task Fill(LoadClient client, IPEndPoint server)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.Send(server, Length, stop.Token)));
        Assert.False(stop.IsCancellationRequested, "the disk was not full after two minutes");
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
