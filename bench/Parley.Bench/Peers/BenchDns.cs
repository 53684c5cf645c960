using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Bench.Peers;

/// <summary>
/// A DNS server for domains that exist only in the bench: the exchanger of any domain is mx in that domain, its address
/// is what the scenario says, and everything else has no records.
/// </summary>
public sealed class BenchDns : IAsyncDisposable
{
    private const int TypeA = 1;
    private const int TypeMx = 15;
    private const int HeaderOctets = 12;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, IPAddress> _addressOf;
    private readonly Task _answering;

    /// <param name="addressOf">The address of a host, by its name.</param>
    public BenchDns(Func<string, IPAddress> addressOf)
    {
        _addressOf = addressOf;
        _answering = AnswerAsync();
    }

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _answering;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var query = await _socket.ReceiveAsync(_stop.Token);
                await _socket.SendAsync(Answer(query.Buffer), query.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The scenario is over.
        }
    }

    // RFC 1035 §4: the header, the question as it came, one record whose name points to the question's.
    private byte[] Answer(byte[] query)
    {
        var end = HeaderOctets;
        var labels = new List<string>();
        while (query[end] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, end + 1, query[end]));
            end += query[end] + 1;
        }

        end += 5;
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end - 4));
        var data = type switch
        {
            TypeMx => new byte[] { 0, 10, 2, (byte)'m', (byte)'x', 0xC0, HeaderOctets },
            TypeA => _addressOf(string.Join('.', labels)).GetAddressBytes(),
            _ => null,
        };
        var answer = new List<byte>(query[..end]);
        answer[2] = 0x81; // a response; recursion was desired
        answer[3] = 0x80; // and is available
        (answer[6], answer[7]) = (0, (byte)(data is null ? 0 : 1));
        (answer[8], answer[9], answer[10], answer[11]) = (0, 0, 0, 0);
        if (data is not null)
        {
            answer.AddRange([0xC0, HeaderOctets, 0, (byte)type, 0, 1, 0, 0, 0x0E, 0x10, 0, (byte)data.Length, .. data]);
        }

        return [.. answer];
    }
}
