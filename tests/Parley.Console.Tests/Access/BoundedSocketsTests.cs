using System.Net.Sockets;
using System.Text;

namespace Parley.Console.Tests.Access;

public sealed class BoundedSocketsTests
{
    [Fact]
    public async Task Who_comes_beyond_the_bound_waits_until_a_connection_is_closed()
    {
        await using var console = await RunningConsole.Start(mostConnections: 2);
        using var first = await Connect(console);
        using var second = await Connect(console);
        await Ask(first);
        await Ask(second);
        Assert.StartsWith("HTTP/1.1 200 ", await Answer(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await Answer(second), StringComparison.Ordinal);

        using var third = await Connect(console);
        await Ask(third);
        var answer = Answer(third);
        for (var i = 0; i < 20; i++)
        {
            // Time enough for the third, if it had been let in.
            await Ask(first);
            Assert.StartsWith("HTTP/1.1 200 ", await Answer(first), StringComparison.Ordinal);
        }

        Assert.False(answer.IsCompleted, "there are three");
        first.Close();

        Assert.StartsWith("HTTP/1.1 200 ", await answer, StringComparison.Ordinal);
    }

    private static async Task<TcpClient> Connect(RunningConsole console)
    {
        var client = new TcpClient();
        await client.ConnectAsync(console.Address);
        return client;
    }

    private static async Task Ask(TcpClient client) =>
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HEAD /healthz HTTP/1.1\r\nHost: {client.Client.RemoteEndPoint}\r\n\r\n"), TestContext.Current.CancellationToken);

    private static async Task<string> Answer(TcpClient client)
    {
        var octets = new byte[4096];
        var length = await client.GetStream().ReadAsync(octets, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        return Encoding.ASCII.GetString(octets, 0, length);
    }
}
