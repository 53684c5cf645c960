using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.Console;

/// <summary>
/// Sockets of which so many are open at one time and no more; who comes beyond waits to be accepted. The web server's own
/// limit accepts first and closes later, so that a burst of clients could take every descriptor of the process.
/// </summary>
internal sealed class BoundedSockets(IConnectionListenerFactory sockets, int most) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new BoundedListener(await sockets.BindAsync(endpoint, cancellationToken), most);

    private sealed class BoundedListener(IConnectionListener listener, int most) : IConnectionListener
    {
        private readonly SemaphoreSlim free = new(most);
        private readonly CancellationTokenSource unbound = new();

        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await free.WaitAsync(unbound.Token);
            }
            catch (OperationCanceledException)
            {
                return null; // as the contract wants it of a listener that is unbound
            }

            var connection = await listener.AcceptAsync(cancellationToken);
            return connection is null ? null : new BoundedConnection(connection, free);
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await unbound.CancelAsync();
            await listener.UnbindAsync(cancellationToken);
        }

        // What waits for `free` is let go by then; connections that still run give it back later.
        public async ValueTask DisposeAsync()
        {
            await listener.DisposeAsync();
            unbound.Dispose();
        }
    }

    private sealed class BoundedConnection(ConnectionContext connection, SemaphoreSlim free) : ConnectionContext
    {
        private int closed;

        public override string ConnectionId
        {
            get => connection.ConnectionId;
            set => connection.ConnectionId = value;
        }

        public override IFeatureCollection Features => connection.Features;

        public override IDictionary<object, object?> Items
        {
            get => connection.Items;
            set => connection.Items = value;
        }

        public override IDuplexPipe Transport
        {
            get => connection.Transport;
            set => connection.Transport = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => connection.ConnectionClosed;
            set => connection.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => connection.LocalEndPoint;
            set => connection.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => connection.RemoteEndPoint;
            set => connection.RemoteEndPoint = value;
        }

        public override void Abort() => connection.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            if (Interlocked.Exchange(ref closed, 1) == 0)
            {
                free.Release();
            }
        }
    }
}
