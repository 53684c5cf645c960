using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Parley.LoadClient;

/// <summary>One SMTP connection as a client holds it: send octets, read one reply.</summary>
public sealed class LoadConnection : IAsyncDisposable
{
    private const int MaxReplyOctets = 64 * 1024;

    // The servers are on this machine and show certificates that they made themselves: there is nobody to mistake them for.
    // The chain is built all the same; without this policy it costs more than the rest of the handshake, by reading every
    // root that the machine trusts.
    private static readonly SslClientAuthenticationOptions TlsOptions = new()
    {
        TargetHost = "localhost",
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    private readonly Socket _socket;
    private Stream _stream;
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;
    private int _replyLength;

    private LoadConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public static async Task<LoadConnection> OpenAsync(IPEndPoint target, IPAddress source, CancellationToken cancel)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A client that lets Nagle hold back small commands measures its own waits, not the server.
            socket.NoDelay = true;
            if (target.AddressFamily == AddressFamily.InterNetwork)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            await socket.ConnectAsync(target, cancel);
            return new LoadConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel) => _stream.WriteAsync(octets, cancel);

    /// <summary>The reply read last, its CRLF included; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Reply => _buffer.AsSpan(_start - _replyLength, _replyLength);

    /// <summary>Reads a reply to its last line and returns its code.</summary>
    public async ValueTask<int> ReadReplyAsync(CancellationToken cancel)
    {
        int length;
        while (!TryMeasureReply(out length))
        {
            await FillAsync(cancel);
        }

        _start += length;
        _replyLength = length;
        return ((Reply[0] - '0') * 100) + ((Reply[1] - '0') * 10) + Reply[2] - '0';
    }

    /// <summary>Reads a reply that has to have this code.</summary>
    /// <exception cref="UnexpectedReplyException">It has another.</exception>
    public async ValueTask ExpectAsync(int expected, CancellationToken cancel)
    {
        if (await ReadReplyAsync(cancel) != expected)
        {
            throw new UnexpectedReplyException(expected, Reply);
        }
    }

    /// <summary>Begins TLS; every time a full handshake, as the load of many different clients would be.</summary>
    public async Task StartTlsAsync(CancellationToken cancel)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        _start = _end = _replyLength = 0;
        await tls.AuthenticateAsClientAsync(TlsOptions, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    // A reply ends with the first line whose code is not followed by a hyphen (RFC 5321 §4.2.1).
    private bool TryMeasureReply(out int length)
    {
        length = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start + length, _end - _start - length);
            var lineEnd = rest.IndexOf((byte)'\n');
            if (lineEnd < 0)
            {
                return false;
            }

            if (lineEnd < 4)
            {
                throw new UnexpectedReplyException(0, rest[..lineEnd]);
            }

            length += lineEnd + 1;
            if (rest[3] != (byte)'-')
            {
                return true;
            }
        }
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (_start > 0)
        {
            _replyLength = 0;
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxReplyOctets)
            {
                throw new UnexpectedReplyException(0, _buffer.AsSpan(0, 80));
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancel);
        if (read == 0)
        {
            throw new EndOfStreamException("the server closed the connection");
        }

        _end += read;
    }
}
