using System.Globalization;
using System.Text.Json;
using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;
using Parley.LoadClient;

namespace Parley.Bench.Scenarios;

/// <summary>What a session costs that is open and says nothing.</summary>
public sealed class Idle : IScenario
{
    private const double GoalKilobytes = 12;
    private const int Messages = 200;

    // A client port range holds about 28,000; several source addresses keep clear of ports still in TIME_WAIT.
    private const int Sources = 8;

    public string Name => "idle";

    public string Describe => "memory of 10,000 open, silent sessions; the server must still answer";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var client = new Clients.LoadClient(settings.Installation, pipelining: false);
        var rows = new List<IReadOnlyList<string>>();
        var costs = new List<double>();
        var answered = new List<double>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            Progress.Say($"idle: round {round}");
            await using var parley = await ParleyPeer.StartAsync(
                settings.Installation, Path.Combine(folder, round.ToString(CultureInfo.InvariantCulture)), ParleyConfiguration.Mx(), cancel);
            await client.SendCountAsync(parley, new Load(1, 1024, TimeSpan.Zero), Messages, cancel);
            var before = ProcessTree.ResidentKilobytes(parley.RootProcesses[0]);
            await using var held = Hold(settings, parley);
            var open = await ReportAsync(held, cancel);
            await Task.Delay(TimeSpan.FromSeconds(2), cancel);
            var with = ProcessTree.ResidentKilobytes(parley.RootProcesses[0]);
            var drive = await client.SendCountAsync(parley, new Load(1, 1024, TimeSpan.Zero), Messages, cancel);
            held.Input.Close();
            var end = await ReportAsync(held, cancel);
            costs.Add((double)(with - before) / settings.IdleSessions);
            answered.Add(100.0 * end.Answered / settings.IdleSessions);
            rows.Add(
            [
                Markdown.Number(round, "0"), Markdown.Number(open.Open, "0"), Markdown.Number(open.Seconds, "0.0"),
                Markdown.Number(before / 1024.0, "0.0"), Markdown.Number(with / 1024.0, "0.0"), Markdown.Number(costs[^1], "0.0"),
                Markdown.Number(drive.P50 ?? double.NaN, "0.00"), Markdown.Number(drive.P99 ?? double.NaN, "0.0"),
                Markdown.Number(end.Answered, "0"),
            ]);
        }

        return new ScenarioResult(
            $"Idle: {settings.IdleSessions} open sessions",
            ["round", "open", "opened in s", "before MB", "with them MB", "KB each", "a message meanwhile, p50 ms", "p99 ms", "answered NOOP"],
            rows,
            [
                Goal.Most("highest cost of an idle session", GoalKilobytes, costs.Max(), "KB"),
                Goal.Least("sessions that still answered", 100, answered.Min(), "%"),
            ]);
    }

    private static Child Hold(BenchSettings settings, ParleyPeer parley)
        => Child.Start(
            settings.Installation.LoadClient,
            string.Create(
                CultureInfo.InvariantCulture,
                $"hold 127.0.0.1:{parley.Port} --sessions {settings.IdleSessions} --sources {Sources}").Split(' '));

    private static async Task<IdleReport> ReportAsync(Child held, CancellationToken cancel)
    {
        var report = JsonSerializer.Deserialize<IdleReport>(await held.LineAsync("{", cancel), LoadReport.Json)!;
        return report.Fault is null
            ? report
            : throw new BenchException($"After {report.Open} open sessions: {report.Fault}. Is the limit of open files (ulimit -Hn) above their number?");
    }
}
