using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Parley.Server.Listening;

/// <summary>Pipes over a socket, in clear or inside TLS. An idle connection holds no read buffer.</summary>
internal sealed class SocketTransport : ITransport
{
    private const int DrainOctets = 1 << 20;
    private static readonly TimeSpan DrainWait = TimeSpan.FromSeconds(2);

    // Waiting with an empty buffer first costs a system call a read and saves the buffer of every idle connection.
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 16 * 1024, minimumReadSize: 4 * 1024, leaveOpen: true, useZeroByteReads: true);
    private static readonly StreamPipeWriterOptions WriterOptions = new(minimumBufferSize: 512, leaveOpen: true);

    private readonly Socket socket;
    private readonly NetworkStream network;
    private readonly Func<string?, SslServerAuthenticationOptions>? tls;
    private SslStream? ssl;

    public SocketTransport(Socket socket, Func<string?, SslServerAuthenticationOptions>? tls)
    {
        this.socket = socket;
        this.tls = tls;
        network = new NetworkStream(socket, ownsSocket: false);
        Input = PipeReader.Create(network, ReaderOptions);
        Output = PipeWriter.Create(network, WriterOptions);
    }

    public PipeReader Input { get; private set; }

    public PipeWriter Output { get; private set; }

    /// <summary>The TLS stream, for channel binding and the client's certificate; null in clear.</summary>
    public SslStream? Ssl => ssl;

    public async ValueTask<string> StartTls(CancellationToken cancellation)
    {
        await Input.CompleteAsync();
        await Output.CompleteAsync();
        ssl = new SslStream(network, leaveInnerStreamOpen: true);
        await ssl.AuthenticateAsServerAsync(static (_, hello, tls, _) => new(((Func<string?, SslServerAuthenticationOptions>)tls!)(hello.ServerName)), tls, cancellation);
        Input = PipeReader.Create(ssl, ReaderOptions);
        Output = PipeWriter.Create(ssl, WriterOptions);
        return TlsNames.Describe(ssl);
    }

    public async ValueTask Close(CancellationToken cancellation)
    {
        if (ssl is not null)
        {
            await ssl.ShutdownAsync();
        }

        // Closing with unread input makes the system send RST, and the peer may lose our last reply (RFC 1122 §4.2.2.13).
        socket.Shutdown(SocketShutdown.Send);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(DrainWait);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var drained = 0;
            while (drained < DrainOctets && await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token) is > 0 and var more)
            {
                drained += more;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Abort() => socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            if (ssl is not null)
            {
                await ssl.DisposeAsync();
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // What was not sent yet goes out as the writer ends, and the peer is gone.
        }
        finally
        {
            await network.DisposeAsync();
            socket.Dispose();
        }
    }
}
