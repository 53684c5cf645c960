using System.Net;
using System.Security.Cryptography;
using Parley.Server.Configuration;

namespace Parley.Server.Dns;

/// <summary>
/// A stub resolver (RFC 1034 §5.3.1): asks recursive servers, one after the other, and keeps what they say for as long
/// as it holds. Equal questions at one time are one query. All is bounded: waits, tries, sockets, aliases, the cache.
/// </summary>
public sealed class StubResolver : IDns, IDisposable
{
    private const int CacheEntries = 20_000;
    private const int MaxQueriesAtOnce = 200;
    private const int MaxAliasQueries = 8;

    private static readonly TimeSpan LongestHold = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestNegativeHold = TimeSpan.FromHours(3); // RFC 2308 §5
    private static readonly TimeSpan FailureHold = TimeSpan.FromSeconds(5); // RFC 9520 §3.2

    private readonly Func<ResolverSettings> settings;
    private readonly DnsTransport transport;
    private readonly Action<Span<byte>> random;
    private readonly DnsCache cache;
    private readonly WatchedFile<HostTable> hosts;
    private readonly SemaphoreSlim places = new(MaxQueriesAtOnce);
    private readonly CancellationTokenSource lifetime = new();
    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, DnsType Type), Task<DnsResult>> flights = [];
    private volatile int preferred; // the server that answered last

    /// <summary>A resolver.</summary>
    /// <param name="settings">Whom to ask; looked at for every query.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Fills a span with octets that nobody can guess; null for the system's source.</param>
    public StubResolver(Func<ResolverSettings> settings, TimeProvider time, Action<Span<byte>>? random = null)
    {
        this.settings = settings;
        this.random = random ?? RandomNumberGenerator.Fill;
        transport = new DnsTransport(time, this.random);
        cache = new DnsCache(CacheEntries, time);
        hosts = new WatchedFile<HostTable>(HostTable.SystemFile, HostTable.Parse, time);
    }

    /// <summary>A resolver that asks whom the configuration of the moment names, else whom the system asks.</summary>
    public static StubResolver Of(Func<DnsSettings> configured, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(configured);
        var system = SystemSettings(time);
        return new StubResolver(
            () => configured().Servers is { Count: > 0 } servers ? new ResolverSettings { Servers = servers } : system(), time);
    }

    /// <inheritdoc/>
    public async ValueTask<DnsResult> Resolve(string name, DnsType type, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        var key = (DnsName.Normalize(name), type);
        if ((hosts.Value.Find(key.Item1, type) ?? cache.Find(key)) is { } known)
        {
            return known;
        }

        Task<DnsResult> flight;
        lock (gate)
        {
            if (!flights.TryGetValue(key, out flight!))
            {
                // On the pool, and not ended by the one who asked first: others may wait for it.
                flight = Task.Run(() => Fly(key));
                flights[key] = flight;
            }
        }

        return await flight.WaitAsync(cancellation);
    }

    /// <summary>Ends what is under way.</summary>
    public void Dispose() => lifetime.Cancel(); // flights still hold its token, so it is not disposed

    private static Func<ResolverSettings> SystemSettings(TimeProvider time)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
        {
            var interfaces = new Lazy<ResolverSettings>(ResolverSettings.OfInterfaces);
            return () => interfaces.Value;
        }

        var file = new WatchedFile<ResolverSettings>(ResolverSettings.SystemFile, ResolverSettings.Parse, time);
        return () => file.Value;
    }

    private async Task<DnsResult> Fly((string Name, DnsType Type) key)
    {
        try
        {
            await places.WaitAsync(lifetime.Token);
            try
            {
                var result = await Chase(key.Name, key.Type);
                cache.Keep(key, result);
                return result;
            }
            finally
            {
                places.Release();
            }
        }
        finally
        {
            lock (gate)
            {
                flights.Remove(key);
            }
        }
    }

    // Follows aliases that one reply does not follow to their end.
    private async ValueTask<DnsResult> Chase(string name, DnsType type)
    {
        var hold = LongestHold;
        for (var n = 0; n < MaxAliasQueries; n++)
        {
            var exchange = await Ask(name, type);
            if (exchange is not DnsExchange.Reply { Message: var message })
            {
                return new DnsResult.Failed(((DnsExchange.Nothing)exchange).Why) { Ttl = FailureHold };
            }

            if (message.Follow(name, type) is not { } chain)
            {
                break;
            }

            hold = Least(hold, TimeSpan.FromSeconds(chain.Ttl));
            if (chain.Records.Count > 0)
            {
                return new DnsResult.Answer(chain.Records) { Ttl = hold };
            }

            // RFC 2308 §5: without an SOA an absence is not kept.
            var absence = Least(Least(hold, LongestNegativeHold), message.NegativeTtl ?? TimeSpan.Zero);
            if (message.Code == DnsCode.NameError)
            {
                return new DnsResult.NoSuchDomain { Ttl = absence };
            }

            if (chain.Name == name || message.NegativeTtl is not null)
            {
                return new DnsResult.NoData { Ttl = absence };
            }

            name = chain.Name;
        }

        return new DnsResult.Failed($"the aliases of {name} go in circles or do not end") { Ttl = FailureHold };
    }

    private async ValueTask<DnsExchange> Ask(string name, DnsType type)
    {
        var now = settings();
        var why = new List<string>();
        for (var attempt = 0; attempt < now.Attempts; attempt++)
        {
            var first = preferred;
            for (var i = 0; i < now.Servers.Count; i++)
            {
                var at = (first + i) % now.Servers.Count;
                var exchange = await AskServer(now, now.Servers[at], name, type, edns: true);
                if (exchange is not DnsExchange.Nothing nothing)
                {
                    preferred = at;
                    return exchange;
                }

                var told = $"{now.Servers[at]}: {nothing.Why}";
                if (!why.Contains(told))
                {
                    why.Add(told);
                }
            }
        }

        return new DnsExchange.Nothing(string.Join("; ", why));
    }

    private async ValueTask<DnsExchange> AskServer(ResolverSettings now, IPEndPoint server, string name, DnsType type, bool edns)
    {
        if (DnsQuery.Create(name, type, edns, random) is not { } query)
        {
            return new DnsExchange.Nothing($"\"{name}\" is not a name that can be asked for");
        }

        DnsExchange exchange = now.TcpOnly ? new DnsExchange.AskByTcp() : await transport.Udp(server, query, now.Timeout, lifetime.Token);
        if (exchange is DnsExchange.AskByTcp)
        {
            exchange = await transport.Tcp(server, query, now.Timeout, lifetime.Token);
        }

        return exchange is not DnsExchange.Reply { Message: var message } ? exchange : message.Code switch
        {
            DnsCode.NoError when message.IsReferral => new DnsExchange.Nothing("it does not resolve for us"),
            DnsCode.NoError or DnsCode.NameError => exchange,
            // RFC 6891 §7: a server that does not know EDNS is asked without.
            DnsCode.FormatError or DnsCode.NotImplemented or DnsCode.BadVersion when edns => await AskServer(now, server, name, type, edns: false),
            DnsCode.ServerFailure => new DnsExchange.Nothing("it could not find out (SERVFAIL)"),
            DnsCode.Refused => new DnsExchange.Nothing("it refused (REFUSED)"),
            var code => new DnsExchange.Nothing($"it answered with code {(int)code}"),
        };
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
