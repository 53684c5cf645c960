using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Parley.LoadClient;

/// <summary>What was held open, and how much of it still answered.</summary>
public sealed record IdleReport(int Open, int Answered, double Seconds, string? Fault);

/// <summary>
/// Opens sessions, greets, and keeps them silent until standard input ends; then asks each NOOP. It prints one JSON
/// line when all are open and one when all were asked, so that whoever started it can measure the server in between.
/// </summary>
public sealed class IdleSessions(LoadOptions options)
{
    // Few enough at a time that no listen queue overflows and drops a SYN for a second.
    private const int OpenedAtOnce = 100;

    private static readonly byte[] Noop = "NOOP\r\n"u8.ToArray();

    public async Task<IdleReport> HoldAsync(TextReader untilEnd, TextWriter output, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.Limit);
        var clock = Stopwatch.StartNew();
        var connections = new LoadConnection?[options.Sessions];
        var answered = 0;
        string? fault = null;
        try
        {
            await ForEachAsync(connections, async (i, stop) => connections[i] = await OpenAsync(i, stop), limit.Token);
            await WriteAsync(output, new IdleReport(connections.Length, 0, clock.Elapsed.TotalSeconds, null));
            await untilEnd.ReadToEndAsync(limit.Token);
            await ForEachAsync(connections, async (i, stop) =>
            {
                await connections[i]!.SendAsync(Noop, stop);
                await connections[i]!.ExpectAsync(250, stop);
                Interlocked.Increment(ref answered);
            }, limit.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            fault = exception.Message;
        }

        var open = connections.Count(connection => connection is not null);
        foreach (var connection in connections.OfType<LoadConnection>())
        {
            await connection.DisposeAsync();
        }

        var report = new IdleReport(open, answered, clock.Elapsed.TotalSeconds, fault);
        await WriteAsync(output, report);
        return report;
    }

    private async Task<LoadConnection> OpenAsync(int session, CancellationToken cancel)
    {
        var connection = await LoadConnection.OpenAsync(options.Target, LoadRun.SourceOf(session, options.Sources), cancel);
        await SessionOpening.OpenAsync(connection, options, cancel);
        return connection;
    }

    private static Task ForEachAsync(LoadConnection?[] connections, Func<int, CancellationToken, ValueTask> step, CancellationToken cancel)
        => Parallel.ForEachAsync(
            Enumerable.Range(0, connections.Length),
            new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancel },
            step);

    private static async Task WriteAsync(TextWriter output, IdleReport report)
    {
        await output.WriteLineAsync(JsonSerializer.Serialize(report, LoadReport.Json));
        await output.FlushAsync();
    }
}
