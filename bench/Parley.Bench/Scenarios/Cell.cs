using Parley.Bench.Clients;
using Parley.Bench.Measuring;

namespace Parley.Bench.Scenarios;

/// <summary>The cells of a side-by-side table: every number of sessions with every size.</summary>
internal static class Cell
{
    public static IEnumerable<Load> All(BenchSettings settings)
        => from size in settings.Sizes
           from sessions in settings.Sessions
           select new Load(sessions, size, settings.DriveTime);

    public static Lane Of(IReadOnlyList<Lane> lanes, string client, string peer)
        => lanes.First(lane => lane.Client == client && lane.Peer == peer);
}
