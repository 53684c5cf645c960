using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Parley.Bench.Reporting;
using Parley.Bench.Scenarios;

namespace Parley.Bench;

/// <summary>The command line of bench/run.</summary>
internal static class CommandLine
{
    private static readonly IReadOnlyList<IScenario> Scenarios = [new Durable(), new Protocol(), new Login(), new Flood(), new Relay(), new Dead(), new Deep(), new Memory(), new Idle(), new Start(), new Explain()];

    private static readonly Argument<string[]> Names = new("scenario")
    {
        Description = "what to measure, or all: " + string.Join("; ", Scenarios.Select(scenario => $"{scenario.Name} = {scenario.Describe}")),
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Rounds = new("--rounds") { Description = "rounds of every drive", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "length of one drive", DefaultValueFactory = _ => 3 };
    private static readonly Option<int[]> Sessions = new("--sessions") { Description = "parallel sessions (default 1 50 200)", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int[]> Sizes = new("--sizes") { Description = "octets a message (default 1024 10240)", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Quick = new("--quick") { Description = "one round of one second: shows that all works, proves nothing" };
    private static readonly Option<string> Folder = new("--folder") { Description = "where temporary folders are made", DefaultValueFactory = _ => "/var/tmp" };
    private static readonly Option<string?> Json = new("--json") { Description = "also write the results to this file" };

    public static RootCommand Root()
    {
        Names.AcceptOnlyFromAmong([.. Scenarios.Select(scenario => scenario.Name), "all"]);
        var root = new RootCommand(
            "Starts Parley and its peers on loopback, drives them in turn, prints medians, ratios and goals.\n" +
            "Example: bench/run durable --rounds 5 --sessions 50")
        {
            Names, Rounds, Seconds, Sessions, Sizes, Quick, Folder, Json,
        };
        root.SetAction(RunAsync);
        return root;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var names = parsed.GetValue(Names)!;
        var results = new List<ScenarioResult>();
        var failed = false;
        try
        {
            var settings = SettingsFrom(parsed);
            if (Machine.Complaint(settings) is { } complaint)
            {
                Progress.Say(complaint);
            }

            await Console.Out.WriteLineAsync(await Machine.DescribeAsync(settings, cancel));
            foreach (var scenario in Scenarios.Where(scenario => names.Contains(scenario.Name) || names.Contains("all")))
            {
                failed |= !await TryRunAsync(scenario, settings, results, cancel);
            }
        }
        catch (BenchException missing)
        {
            Progress.Say($"bench: {missing.Message}");
            return 2;
        }

        if (parsed.GetValue(Json) is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true }), cancel);
        }

        return failed || results.SelectMany(result => result.Goals).Any(goal => !goal.Passed) ? 1 : 0;
    }

    // One scenario that cannot run here must not cost the figures of the others.
    private static async Task<bool> TryRunAsync(IScenario scenario, BenchSettings settings, List<ScenarioResult> results, CancellationToken cancel)
    {
        using var folder = new TemporaryFolder(settings.Folder);
        try
        {
            results.Add(await scenario.RunAsync(settings, folder.Path, cancel));
            await Console.Out.WriteLineAsync(Markdown.Write(results[^1]));
            return true;
        }
        catch (BenchException fault)
        {
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"## {scenario.Name}: not measured\n\n{fault.Message}\n"));
            return false;
        }
    }

    private static BenchSettings SettingsFrom(ParseResult parsed)
    {
        var quick = parsed.GetValue(Quick);
        var settings = new BenchSettings
        {
            Installation = Installation.Find(),
            Folder = Path.GetFullPath(parsed.GetValue(Folder)!),
            Rounds = quick ? 1 : Math.Max(1, parsed.GetValue(Rounds)),
            DriveTime = TimeSpan.FromSeconds(quick ? 1 : Math.Max(0.1, parsed.GetValue(Seconds))),
            WarmUp = TimeSpan.FromSeconds(quick ? 1 : 2),
        };
        return settings with
        {
            Sessions = parsed.GetValue(Sessions) is { Length: > 0 } sessions ? sessions : settings.Sessions,
            Sizes = parsed.GetValue(Sizes) is { Length: > 0 } sizes ? sizes : settings.Sizes,
        };
    }
}
