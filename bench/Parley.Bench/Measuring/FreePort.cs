using System.Net;
using System.Net.Sockets;

namespace Parley.Bench.Measuring;

/// <summary>A loopback port for a peer that cannot pick one itself.</summary>
public static class FreePort
{
    public static int Pick()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until something accepts connections there.</summary>
    public static async Task AcceptsAsync(int port, string who, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancel);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, cancel);
            }
        }

        throw new BenchException($"{who} does not accept connections on 127.0.0.1:{port}.");
    }
}
