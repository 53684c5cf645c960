using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Dns;

/// <summary>How one exchange with one server ended.</summary>
internal abstract record DnsExchange
{
    private DnsExchange()
    {
    }

    /// <summary>A message that answers the question.</summary>
    public sealed record Reply(DnsMessage Message) : DnsExchange;

    /// <summary>TCP is needed: the reply was cut, or did not repeat the question to the letter.</summary>
    public sealed record AskByTcp : DnsExchange;

    /// <summary>No reply that could be used.</summary>
    public sealed record Nothing(string Why) : DnsExchange;
}

/// <summary>One query to one server, by UDP or TCP. Every query has a socket, and so a port, of its own.</summary>
internal sealed class DnsTransport(TimeProvider time, Action<Span<byte>> random)
{
    private const int MaxForeign = 100; // forged datagrams that are passed over before a query is given up
    private const int PortTries = 8;

    public async ValueTask<DnsExchange> Udp(IPEndPoint server, DnsQuery query, TimeSpan timeout, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            using var socket = BindAnyPort(server.AddressFamily);
            // Connected: the system drops what comes from elsewhere, and tells of a port that nobody listens on.
            await socket.ConnectAsync(server, limit.Token);
            await socket.SendAsync(query.Octets, SocketFlags.None, limit.Token);
            for (var n = 0; n < MaxForeign; n++)
            {
                var length = await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token);
                var echo = query.Echo(buffer.AsSpan(0, length));
                if (echo == DnsEcho.Foreign)
                {
                    continue;
                }

                if (echo == DnsEcho.OtherCase)
                {
                    return new DnsExchange.AskByTcp();
                }

                return DnsMessage.Read(buffer.AsSpan(0, length)) switch
                {
                    null => new DnsExchange.Nothing("its reply cannot be read"),
                    { IsTruncated: true } => new DnsExchange.AskByTcp(),
                    var message => new DnsExchange.Reply(message),
                };
            }

            return new DnsExchange.Nothing("too many replies were forged");
        }
        catch (SocketException fault)
        {
            return new DnsExchange.Nothing(fault.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DnsExchange.Nothing("no answer in time");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>RFC 7766: one query over one connection, behind two octets of length.</summary>
    public async ValueTask<DnsExchange> Tcp(IPEndPoint server, DnsQuery query, TimeSpan timeout, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue + 2);
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server, limit.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)query.Octets.Length);
            query.Octets.CopyTo(buffer.AsMemory(2));
            await stream.WriteAsync(buffer.AsMemory(0, query.Octets.Length + 2), limit.Token);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), limit.Token);
            var reply = buffer.AsMemory(0, BinaryPrimitives.ReadUInt16BigEndian(buffer));
            await stream.ReadExactlyAsync(reply, limit.Token);
            return query.Echo(reply.Span) == DnsEcho.Foreign || DnsMessage.Read(reply.Span) is not { IsTruncated: false } message
                ? new DnsExchange.Nothing("its reply by TCP cannot be read")
                : new DnsExchange.Reply(message);
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return new DnsExchange.Nothing(fault.InnerException?.Message ?? fault.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DnsExchange.Nothing("no answer by TCP in time");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // RFC 5452 §4.5: a port that cannot be guessed. Some systems give ephemeral ports in order.
    private Socket BindAnyPort(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        var any = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        Span<byte> two = stackalloc byte[2];
        for (var n = 0; n < PortTries; n++)
        {
            random(two);
            var port = BinaryPrimitives.ReadUInt16BigEndian(two);
            if (port < 1024)
            {
                continue;
            }

            try
            {
                socket.Bind(new IPEndPoint(any, port));
                return socket;
            }
            catch (SocketException)
            {
                // In use, or not ours to use: another.
            }
        }

        return socket; // the system chooses one at connect
    }
}
