using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>Mail acknowledged only after the flush: `parley serve` beside Postfix's real queue.</summary>
public sealed class Durable : IScenario
{
    // A wait for a delayed acknowledgement lasts 40 ms; a rare slow flush is not one.
    private const double StallsAllowed = 0.005;

    public string Name => "durable";

    public string Describe => "messages flushed before the 250, Parley beside Postfix's queue (root)";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        IClient[] clients =
        [
            new SmtpSource(),
            new Clients.LoadClient(settings.Installation, pipelining: false),
            new Clients.LoadClient(settings.Installation, pipelining: true),
        ];
        var rows = new List<IReadOnlyList<string>>();
        var cells = new Dictionary<Load, IReadOnlyList<Lane>>();
        foreach (var load in Cell.All(settings))
        {
            Progress.Say($"durable: {load.Sessions} sessions, {load.Size} octets");
            var own = Directory.CreateDirectory(Path.Combine(folder, $"{load.Sessions}-{load.Size}")).FullName;
            await using var parley = await ParleyPeer.StartAsync(settings.Installation, Path.Combine(own, "parley"), ParleyConfiguration.Mx(), cancel);
            await using var postfix = await PostfixPeer.StartAsync(Path.Combine(own, "postfix"), PostfixSetup.Discarding, cancel);
            cells[load] = await new SideBySide(settings, own).RunAsync([parley, postfix], clients, load, cancel);
            rows.AddRange(LaneTable.Rows(load, cells[load]));
        }

        return new ScenarioResult("Durable accept", LaneTable.Columns, rows, [.. Goals(cells)]);
    }

    private static IEnumerable<Goal> Goals(Dictionary<Load, IReadOnlyList<Lane>> cells)
    {
        foreach (var (load, lanes) in cells)
        {
            var where = $"{load.Size} octets, {load.Sessions} sessions";
            foreach (var client in new[] { "smtp-source", "parley-load" })
            {
                var (parley, postfix) = (Cell.Of(lanes, client, "Parley"), Cell.Of(lanes, client, "Postfix"));
                var rate = parley.Rate.Median / postfix.Rate.Median;
                switch (load.Sessions)
                {
                    case 1:
                        yield return Goal.Least($"{where}, {client}: messages/s of Postfix's", 1.5, rate);
                        break;
                    case 50:
                        yield return Goal.Least($"{where}, {client}: messages/s of Postfix's", 8, rate);
                        yield return Goal.Most($"{where}, {client}: CPU a message of Postfix's", 0.125, parley.Cpu.Median / postfix.Cpu.Median);
                        break;
                    case 200 when cells.TryGetValue(load with { Sessions = 50 }, out var at50):
                        yield return Goal.Least(
                            $"{where}, {client}: messages/s of its own at 50", 0.8, parley.Rate.Median / Cell.Of(at50, client, "Parley").Rate.Median);
                        break;
                    default:
                        break;
                }
            }

            foreach (var goal in LatencyGoals(where, load, lanes))
            {
                yield return goal;
            }
        }
    }

    private static IEnumerable<Goal> LatencyGoals(string where, Load load, IReadOnlyList<Lane> lanes)
    {
        var plain = Cell.Of(lanes, "parley-load", "Parley");
        var pipelined = Cell.Of(lanes, "parley-load, pipelining", "Parley");
        if (load.Sessions == 200)
        {
            var postfix = Cell.Of(lanes, "parley-load", "Postfix");
            yield return Goal.Most($"{where}: p99 of Postfix's", 1, plain.P99.Median / postfix.P99.Median);
        }

        yield return Goal.Least($"{where}: messages/s with pipelining of those without", 1, pipelined.Rate.Median / plain.Rate.Median);
        if (load.Sessions == 1)
        {
            yield return Goal.Most(
                $"{where}: messages that waited 38 ms or more", StallsAllowed * 100, 100 * Math.Max(plain.StallShare, pipelined.StallShare), "%");
        }
    }
}
