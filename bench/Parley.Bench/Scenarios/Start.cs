using System.Diagnostics;
using System.Globalization;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>From the start of the built program to its ready line.</summary>
public sealed class Start : IScenario
{
    private const double GoalSeconds = 1.5;
    private const int StartsPerRound = 3;

    public string Name => "start";

    public string Describe => "time from starting the built program to its ready line";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var (fresh, again) = (new List<double>(), new List<double>());
        for (var i = 0; i < settings.Rounds * StartsPerRound; i++)
        {
            var own = Path.Combine(folder, i.ToString(CultureInfo.InvariantCulture));
            fresh.Add(await TimeAsync(settings, own, ParleyConfiguration.Mx(), cancel));
            again.Add(await TimeAsync(settings, own, ParleyConfiguration.Mx(), cancel));
        }

        var rows = new (string Name, List<double> Times)[] { ("new data", fresh), ("data that is there", again) }
            .Select(row => (string[])[row.Name, Markdown.Text(Spread.Of(row.Times), "0.00"), Markdown.Number(row.Times.Count, "0")]);
        return new ScenarioResult(
            "Start",
            ["start on", "seconds to ready", "starts"],
            [.. rows],
            [
                Goal.Most("median, new data", GoalSeconds, Spread.Of(fresh).Median, "s"),
                Goal.Most("median, data that is there", GoalSeconds, Spread.Of(again).Median, "s"),
            ]);
    }

    /// <summary>Seconds from the start of the program on a folder to its ready line.</summary>
    internal static async Task<double> TimeAsync(BenchSettings settings, string folder, ParleyConfiguration configuration, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await using var parley = await ParleyPeer.StartAsync(settings.Installation, folder, configuration, cancel);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
