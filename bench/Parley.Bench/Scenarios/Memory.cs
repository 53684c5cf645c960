using System.Globalization;
using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>Whether the server's memory follows the size of a message.</summary>
public sealed class Memory : IScenario
{
    private const double GoalMegabytes = 32;
    private const int SmallOctets = 10 * 1024;
    private const int SmallMessages = 500;

    public string Name => "memory";

    public string Describe => "rise of the resident size while one 100 MB message is taken";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var client = new Clients.LoadClient(settings.Installation, pipelining: false);
        var rows = new List<IReadOnlyList<string>>();
        var rises = new List<double>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            Progress.Say($"memory: round {round}");
            await using var parley = await ParleyPeer.StartAsync(
                settings.Installation, Path.Combine(folder, round.ToString(CultureInfo.InvariantCulture)), ParleyConfiguration.Mx(), cancel);

            // Small mail first: code and buffers that any message needs are not the large one's.
            await client.SendCountAsync(parley, new Load(1, SmallOctets, TimeSpan.Zero), SmallMessages, cancel);
            var before = ProcessTree.ResidentKilobytes(parley.RootProcesses[0]);
            ProcessTree.ResetPeak(parley.RootProcesses[0]);
            var drive = await client.SendCountAsync(parley, new Load(1, settings.BigMessageOctets, TimeSpan.Zero), 1, cancel);
            var peak = ProcessTree.PeakKilobytes(parley.RootProcesses[0]);
            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
            var after = ProcessTree.ResidentKilobytes(parley.RootProcesses[0]);
            rises.Add((peak - before) / 1024.0);
            rows.Add([.. new[] { before / 1024.0, peak / 1024.0, after / 1024.0, rises[^1], drive.P50 ?? double.NaN }
                .Select(value => Markdown.Number(value, "0.0")).Prepend(Markdown.Number(round, "0"))]);
        }

        return new ScenarioResult(
            $"Memory: one message of {settings.BigMessageOctets / 1024 / 1024} MB",
            ["round", "before MB", "peak MB", "1 s after MB", "rise MB", "took ms"],
            rows,
            [Goal.Most("highest rise of the resident size", GoalMegabytes, rises.Max(), "MB")]);
    }
}
