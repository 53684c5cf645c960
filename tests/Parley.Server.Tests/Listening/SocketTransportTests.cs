using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.Server.Listening;

namespace Parley.Server.Tests.Listening;

/// <summary>The sockets under a session.</summary>
public sealed class SocketTransportTests
{
    [Fact]
    public async Task A_peer_that_is_gone_before_the_last_reply_leaves_no_fault_and_no_socket()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var accepting = listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        var socket = await accepting;
        var transport = new SocketTransport(socket, tls: null);
        transport.Output.Write(Encoding.ASCII.GetBytes("221 2.0.0 a reply that is not flushed\r\n"));
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        Assert.True(socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "the reset has come");

        await transport.DisposeAsync();

        Assert.True(socket.SafeHandle.IsClosed);
    }
}
