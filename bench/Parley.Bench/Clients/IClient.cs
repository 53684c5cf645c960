using Parley.Bench.Peers;

namespace Parley.Bench.Clients;

/// <summary>What a client is asked to do: so many sessions, messages of that size (0: none), for about that long.</summary>
public sealed record Load(int Sessions, int Size, TimeSpan Time)
{
    /// <summary>Who the messages are for.</summary>
    public string To { get; init; } = "b@bench.test";
}

/// <summary>
/// What a client reported of one drive: how many messages were measured, how many the server took in all. Latencies
/// are milliseconds, null where the client does not measure them.
/// </summary>
public sealed record Drive(long Done, long Taken, double PerSecond, double? P50 = null, double? P99 = null, double? Max = null, long? Stalls = null);

/// <summary>A program that sends mail to a peer.</summary>
public interface IClient
{
    string Name { get; }

    /// <summary>Drives the peer once. <paramref name="expectedPerSecond"/> helps a client that only counts to run about as long as asked.</summary>
    Task<Drive> DriveAsync(IPeer peer, Load load, double expectedPerSecond, CancellationToken cancel);
}
