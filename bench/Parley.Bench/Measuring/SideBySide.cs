using Parley.Bench.Clients;
using Parley.Bench.Peers;

namespace Parley.Bench.Measuring;

/// <summary>One client against one peer, all rounds of it.</summary>
public sealed record Lane(string Client, string Peer, IReadOnlyList<Drive> Drives, IReadOnlyList<double> CpuPerThousand, long MemoryKilobytes)
{
    public Spread Rate => Spread.Of(Drives.Select(drive => drive.PerSecond));

    public Spread Cpu => Spread.Of(CpuPerThousand);

    public Spread P50 => Spread.Of(Drives.Where(drive => drive.P50 is not null).Select(drive => drive.P50!.Value));

    public Spread P99 => Spread.Of(Drives.Where(drive => drive.P99 is not null).Select(drive => drive.P99!.Value));

    public Spread Max => Spread.Of(Drives.Where(drive => drive.Max is not null).Select(drive => drive.Max!.Value));

    /// <summary>The share of messages, 0 to 1, that waited 38 ms or more.</summary>
    public double StallShare => (double)Drives.Sum(drive => drive.Stalls ?? 0) / Math.Max(1, Drives.Sum(drive => drive.Done));
}

/// <summary>
/// Drives running peers with the same load in turn: client by client, peer by peer, round by round, the first peer
/// changing from round to round. A drive begins when no peer is at work for an earlier one and the disk is quiet, and the
/// CPU it cost is read when that is so again: work that a server puts off counts.
/// </summary>
public sealed class SideBySide(BenchSettings settings, string folder)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private const int MostLooks = 150;

    // Of 20 ticks that pass between two looks, so many are not yet work.
    private const double IdleCpuSeconds = 0.02;

    public async Task<IReadOnlyList<Lane>> RunAsync(IReadOnlyList<IPeer> peers, IReadOnlyList<IClient> clients, Load load, CancellationToken cancel)
    {
        var rates = await WarmUpAsync(peers, clients, load, cancel);
        await SettleAsync(peers, cancel);
        var drives = new Dictionary<(IClient, IPeer), (List<Drive> Drives, List<double> Cpu)>();
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var client in clients)
            {
                foreach (var peer in peers.Skip(round % peers.Count).Concat(peers.Take(round % peers.Count)))
                {
                    var before = ProcessTree.CpuSeconds(peer.RootProcesses);
                    var drive = await client.DriveAsync(peer, load, rates[(client, peer)], cancel);
                    rates[(client, peer)] = drive.PerSecond;
                    await SettleAsync(peers, cancel);
                    var cpu = ProcessTree.CpuSeconds(peer.RootProcesses) - before;
                    drives.TryAdd((client, peer), ([], []));
                    drives[(client, peer)].Drives.Add(drive);
                    drives[(client, peer)].Cpu.Add(cpu * 1000 / drive.Taken);
                }
            }
        }

        return [.. from client in clients
                   from peer in peers
                   let lane = drives[(client, peer)]
                   select new Lane(client.Name, peer.Name, lane.Drives, lane.Cpu, ProcessTree.ProportionalKilobytes(peer.RootProcesses))];
    }

    /// <summary>Waits until no peer has a backlog or uses CPU, half a minute at most, with nothing left to write back.</summary>
    public async Task SettleAsync(IReadOnlyList<IPeer> peers, CancellationToken cancel)
    {
        var before = double.NegativeInfinity;
        for (var look = 0; look < MostLooks; look++)
        {
            var cpu = peers.Sum(peer => ProcessTree.CpuSeconds(peer.RootProcesses));
            if (cpu - before <= IdleCpuSeconds && peers.All(peer => peer.Backlog == 0))
            {
                break;
            }

            before = cpu;
            await Task.Delay(LookAgain, cancel);
        }

        await Child.RunAsync(Installation.Tool("sync", "coreutils"), ["-f", folder], cancel);
    }

    // Every client once, as each makes a server go its own ways. One that goes by time comes first: what it finds tells
    // one that only counts how many make up the time.
    private async Task<Dictionary<(IClient Client, IPeer Peer), double>> WarmUpAsync(
        IReadOnlyList<IPeer> peers, IReadOnlyList<IClient> clients, Load load, CancellationToken cancel)
    {
        var rates = new Dictionary<(IClient, IPeer), double>();
        foreach (var peer in peers)
        {
            var rate = 0.0;
            foreach (var client in clients.OrderBy(client => client is SmtpSource))
            {
                rate = (await client.DriveAsync(peer, load with { Time = settings.WarmUp }, rate, cancel)).PerSecond;
                rates[(client, peer)] = rate;
            }
        }

        return rates;
    }
}
