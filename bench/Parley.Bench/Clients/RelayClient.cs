using System.Diagnostics;
using Parley.Bench.Peers;

namespace Parley.Bench.Clients;

/// <summary>Sends a number of messages by smtp-source and waits until the sink behind the peer has taken as many.</summary>
public sealed class RelayClient(IReadOnlyDictionary<IPeer, SmtpSinkPeer> sinks, int messages) : IClient
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SmtpSource _source = new();
    private readonly HashSet<IPeer> _warm = [];

    public string Name => "smtp-source";

    public async Task<Drive> DriveAsync(IPeer peer, Load load, double expectedPerSecond, CancellationToken cancel)
    {
        // The first drive of a peer warms it up, for which a tenth is enough.
        var count = _warm.Add(peer) ? messages / 10 : messages;
        var wanted = sinks[peer].Messages + count;
        var clock = Stopwatch.StartNew();
        await _source.SendAsync(peer, load, count, cancel);
        var (seen, seenAt) = (0, clock.Elapsed);
        while (sinks[peer].Messages is var arrived && arrived < wanted)
        {
            if (arrived > seen)
            {
                (seen, seenAt) = (arrived, clock.Elapsed);
            }
            else if (clock.Elapsed - seenAt > Patience)
            {
                throw new BenchException($"Behind {peer.Name} {wanted - arrived} of {count} messages are missing, and none came for {Patience.TotalSeconds} s.");
            }

            await Task.Delay(LookAgain, cancel);
        }

        return new Drive(count, count, count / clock.Elapsed.TotalSeconds);
    }
}
