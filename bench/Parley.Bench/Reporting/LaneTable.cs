using Parley.Bench.Clients;
using Parley.Bench.Measuring;

namespace Parley.Bench.Reporting;

/// <summary>The table of a side-by-side scenario: a row a lane, Parley's with its ratios to the peer.</summary>
public static class LaneTable
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "sessions", "octets", "client", "server", "messages/s", "p50 ms", "p99 ms", "max ms",
        "CPU s per 1000", "memory MB", "messages/s ratio", "CPU ratio",
    ];

    public static IReadOnlyList<IReadOnlyList<string>> Rows(Load load, IReadOnlyList<Lane> lanes)
        => [.. lanes.Select(lane => Row(load, lane, lanes.First(other => other.Client == lane.Client)))];

    // Parley is the first peer of every scenario; each other peer's row tells what Parley is to it.
    private static string[] Row(Load load, Lane lane, Lane parley)
    {
        var isParley = ReferenceEquals(lane, parley);
        return
        [
            Markdown.Number(load.Sessions, "0"),
            load.Size == 0 ? "–" : Markdown.Number(load.Size, "0"),
            lane.Client,
            lane.Peer,
            Markdown.Text(lane.Rate, "0"),
            Markdown.Text(lane.P50, "0.00"),
            Markdown.Text(lane.P99, "0.0"),
            Markdown.Number(lane.Max.Median, "0.0"),
            Markdown.Text(lane.Cpu, "0.000"),
            Markdown.Number(lane.MemoryKilobytes / 1024.0, "0"),
            isParley ? "" : $"Parley {Markdown.Number(parley.Rate.Median / lane.Rate.Median, "0.00")}×",
            isParley ? "" : $"Parley {Markdown.Number(parley.Cpu.Median / lane.Cpu.Median, "0.00")}×",
        ];
    }
}
