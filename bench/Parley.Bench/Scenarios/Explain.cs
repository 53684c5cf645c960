using System.Diagnostics;
using System.Globalization;
using Parley.Bench.Measuring;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>From the start of `parley explain` to its end, the whole process.</summary>
public sealed class Explain : IScenario
{
    private const double GoalSeconds = 0.3;
    private const int RunsPerRound = 10;

    private static readonly (string Name, string Argument)[] Questions =
    [
        ("a code", "550"),
        ("a reply", "550-5.7.26 This mail has been blocked because the sender is unauthenticated."),
    ];

    public string Name => "explain";

    public string Describe => "time of the whole process `parley explain`, for a code and for a pasted reply";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        var rows = new List<string[]>();
        var goals = new List<Goal>();
        foreach (var (name, argument) in Questions)
        {
            var times = new List<double>();
            for (var i = 0; i < settings.Rounds * RunsPerRound; i++)
            {
                times.Add(await TimeAsync(settings.Installation.Parley, argument, cancel));
            }

            rows.Add([name, Markdown.Text(Spread.Of(times), "0.000"), times.Count.ToString(CultureInfo.InvariantCulture)]);
            goals.Add(Goal.Most("median, " + name, GoalSeconds, Spread.Of(times).Median, "s"));
        }

        return new ScenarioResult("Explain", ["asked", "seconds", "runs"], [.. rows], goals);
    }

    private static async Task<double> TimeAsync(string parley, string argument, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(parley, ["explain", argument]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
