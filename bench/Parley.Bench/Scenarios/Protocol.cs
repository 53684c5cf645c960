using Parley.Bench.Clients;
using Parley.Bench.Measuring;
using Parley.Bench.Peers;
using Parley.Bench.Reporting;

namespace Parley.Bench.Scenarios;

/// <summary>The protocol alone: receivers that forget, ours beside smtp-sink.</summary>
public sealed class Protocol : IScenario
{
    private const int JudgedSessions = 50;

    public string Name => "protocol";

    public string Describe => "the protocol without a store, Parley.Sink beside smtp-sink";

    public async Task<ScenarioResult> RunAsync(BenchSettings settings, string folder, CancellationToken cancel)
    {
        IClient[] clients =
        [
            new SmtpSource(),
            new Clients.LoadClient(settings.Installation, pipelining: false),
            new Clients.LoadClient(settings.Installation, pipelining: true),
        ];
        await using var parley = await ParleySinkPeer.StartAsync(settings.Installation, cancel);
        await using var sink = await SmtpSinkPeer.StartAsync(counting: false, cancel);
        var rows = new List<IReadOnlyList<string>>();
        var goals = new List<Goal>();
        foreach (var load in Cell.All(settings))
        {
            Progress.Say($"protocol: {load.Sessions} sessions, {load.Size} octets");
            var lanes = await new SideBySide(settings, folder).RunAsync([parley, sink], clients, load, cancel);
            rows.AddRange(LaneTable.Rows(load, lanes));
            if (load.Sessions == JudgedSessions)
            {
                goals.AddRange(Goals(load, lanes));
            }
        }

        return new ScenarioResult("The protocol alone", LaneTable.Columns, rows, goals);
    }

    private static IEnumerable<Goal> Goals(Load load, IReadOnlyList<Lane> lanes)
        => from client in new[] { "smtp-source", "parley-load" }
           let ours = Cell.Of(lanes, client, "Parley.Sink")
           let theirs = Cell.Of(lanes, client, "smtp-sink")
           select Goal.Least(
               $"{load.Size} octets, {load.Sessions} sessions, {client}: messages/s of smtp-sink's",
               load.Size >= 10 * 1024 ? 1.3 : 0.8,
               ours.Rate.Median / theirs.Rate.Median);
}
