using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Parley.Server.Dns;

namespace Parley.Server.Tests.Dns;

/// <summary>What came in a query.</summary>
internal sealed record DnsQuestion(byte[] Octets, bool Tcp, IPEndPoint From)
{
    public string Name => DnsPacket.NameOf(Octets);

    public DnsType Type => DnsPacket.TypeOf(Octets);

    public DnsPacket Reply() => new(Octets);
}

/// <summary>A DNS server on a free port of loopback, UDP and TCP, that answers as the test says: any number of datagrams, or none.</summary>
internal sealed class ScriptedDns : IAsyncDisposable
{
    private readonly Socket udp;
    private readonly Socket tcp;
    private readonly Func<DnsQuestion, IEnumerable<byte[]>> answer;
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;

    public ScriptedDns(Func<DnsQuestion, IEnumerable<byte[]>> answer)
    {
        this.answer = answer;
        (udp, tcp) = Bind();
        Address = (IPEndPoint)tcp.LocalEndPoint!;
        work = Task.WhenAll(ServeUdp(), ServeTcp());
    }

    public IPEndPoint Address { get; }

    public ConcurrentQueue<DnsQuestion> Asked { get; } = [];

    public static ScriptedDns Answering(Func<DnsQuestion, DnsPacket> answer) => new(question => [answer(question).ToArray()]);

    public static ScriptedDns Silent() => new(_ => []);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        await work;
        stop.Dispose();
    }

    private static (Socket Udp, Socket Tcp) Bind()
    {
        for (var tries = 0; ; tries++)
        {
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            tcp.Listen();
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(tcp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException) when (tries < 20)
            {
                tcp.Dispose();
                udp.Dispose();
            }
        }
    }

    private async Task ServeUdp()
    {
        var buffer = new byte[65536];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var got = await udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stop.Token);
                var question = new DnsQuestion(buffer[..got.ReceivedBytes], Tcp: false, (IPEndPoint)got.RemoteEndPoint);
                Asked.Enqueue(question);
                foreach (var datagram in answer(question))
                {
                    await udp.SendToAsync(datagram, got.RemoteEndPoint, stop.Token);
                }
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the resolver has gone.
            }
        }
    }

    private async Task ServeTcp()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await tcp.AcceptAsync(stop.Token);
                await using var stream = new NetworkStream(client);
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, stop.Token);
                var question = new DnsQuestion(query, Tcp: true, (IPEndPoint)client.RemoteEndPoint!);
                Asked.Enqueue(question);
                foreach (var reply in answer(question))
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
                    await stream.WriteAsync(length, stop.Token);
                    await stream.WriteAsync(reply, stop.Token);
                }
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // Stopped, or the resolver has gone.
            }
        }
    }
}
