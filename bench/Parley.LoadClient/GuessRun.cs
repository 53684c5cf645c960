using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Parley.LoadClient;

/// <summary>How many logins were tried, and how they ended: reply codes, or "lost" where the connection ended without one.</summary>
public sealed record GuessReport(long Attempts, double Seconds, IReadOnlyDictionary<string, long> Outcomes);

/// <summary>
/// Wrong logins at a steady rate, a connection each, from several addresses. What comes back is counted, not judged: a
/// good server refuses, slows and finally closes.
/// </summary>
public static class GuessRun
{
    // Attempts that the server holds up are bounded; beyond them the rate falls instead.
    private const int OpenAtOnce = 500;

    public static async Task<GuessReport> RunAsync(LoadOptions options, double perSecond, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.Limit);
        using var open = new SemaphoreSlim(OpenAtOnce);
        var outcomes = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var attempts = new List<Task>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < options.Duration && !limit.IsCancellationRequested)
        {
            await open.WaitAsync(limit.Token);
            attempts.Add(AttemptAsync(options, attempts.Count, open, outcomes, limit.Token));
            var due = TimeSpan.FromSeconds(attempts.Count / perSecond) - clock.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, limit.Token);
            }
        }

        var seconds = clock.Elapsed.TotalSeconds;
        await Task.WhenAll(attempts);
        return new GuessReport(attempts.Count, seconds, outcomes);
    }

    private static LoadOptions Named(LoadOptions options, int number)
        => options is { Names: > 1, Login: { } login }
            ? options with { Login = login with { User = string.Create(CultureInfo.InvariantCulture, $"{login.User}{number % options.Names}") } }
            : options;

    private static async Task AttemptAsync(
        LoadOptions options, int number, SemaphoreSlim open, ConcurrentDictionary<string, long> outcomes, CancellationToken cancel)
    {
        var outcome = "logged in";
        try
        {
            await using var connection = await LoadConnection.OpenAsync(options.Target, LoadRun.SourceOf(number, options.Sources), cancel);
            await SessionOpening.OpenAsync(connection, Named(options, number), cancel);
        }
        catch (UnexpectedReplyException reply)
        {
            outcome = reply.Code.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception lost) when (lost is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            outcome = "lost";
        }
        finally
        {
            open.Release();
        }

        outcomes.AddOrUpdate(outcome, 1, static (_, seen) => seen + 1);
    }
}
