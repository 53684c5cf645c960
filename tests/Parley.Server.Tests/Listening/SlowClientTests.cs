using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Parley.Server.Tests.Listening;

/// <summary>Clients that hold a connection without getting anywhere.</summary>
public sealed class SlowClientTests
{
    [Theory]
    [InlineData("N")]
    [InlineData("a line that is longer than any may be: ", 400)]
    public async Task A_line_that_never_ends_is_waited_for_no_longer_than_a_command(string piece, int times = 1)
    {
        await using var server = await TestServer.FromText("""
            { "hostname": "mx.example.org", "listeners": [{ "address": "127.0.0.1:0", "role": "mx" }],
              "domains": { "example.org": { "mailboxes": ["alice"] } }, "limits": { "commandTimeout": "1s" } }
            """);
        var octets = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, times)));
        using var client = new TcpClient("127.0.0.1", server.Server.Addresses[0].Port);
        using var reader = new StreamReader(client.GetStream());
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        var answer = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();

        for (var since = Stopwatch.StartNew(); !answer.IsCompleted && since.Elapsed < TimeSpan.FromSeconds(60);)
        {
            await client.GetStream().WriteAsync(octets, TestContext.Current.CancellationToken);
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        }

        Assert.True(answer.IsCompleted, "it still waits");
        Assert.StartsWith("421 ", await answer, StringComparison.Ordinal);
    }
}
