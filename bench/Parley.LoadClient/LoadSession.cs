using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Parley.LoadClient;

/// <summary>One of the parallel sessions: takes units from the budget until none is left, over as many connections as that needs.</summary>
internal sealed class LoadSession(LoadRun run, IPAddress source, CancellationToken cancel) : IAsyncDisposable
{
    // A server that is gone refuses at once; without this bound a session would try as fast as it can until the time is up.
    private const int FailuresInARow = 20;

    private static readonly byte[] Quit = "QUIT\r\n"u8.ToArray();

    private readonly LoadOptions _options = run.Options;
    private readonly byte[][] _commands = SplitLines(run.Content.Envelope);
    private LoadConnection? _connection;
    private int _sentOnConnection;
    private int _taken;
    private int _failuresInARow;

    /// <summary>Connects ahead of the measured time, where connections last for the whole run.</summary>
    public async Task PrepareAsync()
    {
        if (_options.PerConnection is null)
        {
            await Guarded(ConnectAsync);
        }
    }

    public async Task RunAsync()
    {
        // A failure drops the connection and whatever unit was under way; each unit is attempted once, so the run stays bounded.
        while (!cancel.IsCancellationRequested && _failuresInARow < FailuresInARow && Take())
        {
            await Guarded(_options.PerConnection == 0 ? SessionAsync
                : _options.Pipelining ? PipelinedMessagesAsync
                : MessageAsync);
        }

        await Guarded(QuitAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private bool ConnectionIsUsedUp => _options.PerConnection is { } most && _sentOnConnection >= most;

    private async Task SessionAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await ConnectAsync();
        await QuitAsync();
        Finish(started);
    }

    private async Task MessageAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var connection = _connection ?? await ConnectAsync();
        await connection.SendAsync(_commands[0], cancel);
        await connection.ExpectAsync(250, cancel);
        await connection.SendAsync(_commands[1], cancel);
        await connection.ExpectAsync(250, cancel);
        await connection.SendAsync(_commands[2], cancel);
        await connection.ExpectAsync(354, cancel);
        await connection.SendAsync(run.Content.Content, cancel);
        await connection.ExpectAsync(250, cancel);
        _sentOnConnection++;
        if (ConnectionIsUsedUp)
        {
            await QuitAsync();
        }

        Finish(started);
    }

    // RFC 2920 §3.1: the content may be the first part of a group, so the next envelope goes with it.
    private async Task PipelinedMessagesAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var connection = _connection ?? await ConnectAsync();
        await connection.SendAsync(run.Content.Envelope, cancel);
        var more = true;
        while (more)
        {
            await connection.ExpectAsync(250, cancel);
            await connection.ExpectAsync(250, cancel);
            await connection.ExpectAsync(354, cancel);
            _sentOnConnection++;
            more = !ConnectionIsUsedUp && !cancel.IsCancellationRequested && Take();
            await connection.SendAsync(more ? run.Content.ContentAndEnvelope : run.Content.Content, cancel);
            await connection.ExpectAsync(250, cancel);
            if (ConnectionIsUsedUp)
            {
                await QuitAsync();
            }

            Finish(started);
            started = Stopwatch.GetTimestamp();
        }
    }

    private async Task<LoadConnection> ConnectAsync()
    {
        var connection = await LoadConnection.OpenAsync(_options.Target, source, cancel);
        _connection = connection;
        _sentOnConnection = 0;
        await SessionOpening.OpenAsync(connection, _options, cancel);
        return connection;
    }

    private async Task QuitAsync()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        await connection.SendAsync(Quit, cancel);
        await connection.ExpectAsync(221, cancel);
        await DisposeAsync();
    }

    private bool Take()
    {
        var got = run.Budget.TryTake();
        _taken += got ? 1 : 0;
        return got;
    }

    private void Finish(long started)
    {
        _taken--;
        _failuresInARow = 0;
        run.Latencies.Add(Stopwatch.GetElapsedTime(started));
    }

    private async Task Guarded(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            run.Fail(fault, _taken);
            _taken = 0;
            _failuresInARow++;
            await DisposeAsync();
        }
    }

    private static byte[][] SplitLines(byte[] group)
    {
        var text = group.AsSpan();
        var lines = new List<byte[]>();
        while (text.IndexOf((byte)'\n') is var end and >= 0)
        {
            lines.Add(text[..(end + 1)].ToArray());
            text = text[(end + 1)..];
        }

        return [.. lines];
    }
}
