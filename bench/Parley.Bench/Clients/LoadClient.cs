using System.Globalization;
using System.Text.Json;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.LoadClient;

namespace Parley.Bench.Clients;

/// <summary>Our own load client, as a process of its own.</summary>
public sealed class LoadClient(Installation installation, bool pipelining) : IClient
{
    public string Name => pipelining ? "parley-load, pipelining" : "parley-load";

    /// <summary>Time given to the client's own just-in-time compilation before it counts.</summary>
    private const string ClientWarmUp = "0.5";

    public Task<Drive> DriveAsync(IPeer peer, Load load, double expectedPerSecond, CancellationToken cancel)
        => SendAsync(peer, load, ["--seconds", load.Time.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--warm-up", ClientWarmUp], cancel);

    /// <summary>Sends exactly <paramref name="count"/> messages.</summary>
    public Task<Drive> SendCountAsync(IPeer peer, Load load, int count, CancellationToken cancel)
        => SendAsync(peer, load, ["--messages", count.ToString(CultureInfo.InvariantCulture)], cancel);

    /// <summary>Whole sessions without mail: connect, EHLO, STARTTLS, EHLO, AUTH, QUIT.</summary>
    public Task<Drive> LogInAsync(IPeer peer, Load load, LoginFixture login, CancellationToken cancel)
        => SendAsync(
            peer,
            load,
            [
                "--seconds", load.Time.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--warm-up", ClientWarmUp, "--per-connection", "0",
                "--tls", "starttls", "--auth", "PLAIN", "--user", login.User, "--password-file", login.PasswordFile,
            ],
            cancel);

    private async Task<Drive> SendAsync(IPeer peer, Load load, string[] amount, CancellationToken cancel)
    {
        var common = string.Create(
            CultureInfo.InvariantCulture, $"send 127.0.0.1:{peer.Port} --sessions {load.Sessions} --size {Math.Max(1, load.Size)} --to {load.To}").Split(' ');
        string[] grouping = pipelining ? ["--pipelining"] : [];
        var output = await Child.RunAsync(installation.LoadClient, [.. common, .. amount, .. grouping], cancel, 1);
        var report = JsonSerializer.Deserialize<LoadReport>(output, LoadReport.Json)
            ?? throw new BenchException($"parley-load printed no report: {output}");
        return report.Failures.Count == 0
            ? new Drive(report.Done, report.Done + report.DoneWarmingUp, report.PerSecond, report.P50, report.P99, report.Max, report.AtLeast38Milliseconds)
            : throw new BenchException($"{peer.Name} failed {report.Failed} messages: {string.Join("; ", report.Failures.Keys)}");
    }
}
