using System.Net;
using Parley.Server.Dns;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Dns;

public sealed class DnsCacheTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void A_result_is_kept_for_its_time_and_tells_what_is_left()
    {
        var cache = new DnsCache(10, time);
        cache.Keep(("a.example", DnsType.A), Answer(60));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(1), cache.Find(("a.example", DnsType.A))!.Ttl);
        Assert.Null(cache.Find(("a.example", DnsType.Aaaa)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(cache.Find(("a.example", DnsType.A)));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void What_holds_for_no_time_is_not_kept()
    {
        var cache = new DnsCache(10, time);
        cache.Keep(("a.example", DnsType.A), Answer(0));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_full_cache_drops_what_was_not_used_for_the_longest_time()
    {
        var cache = new DnsCache(2, time);
        cache.Keep(("a.example", DnsType.A), Answer(60));
        cache.Keep(("b.example", DnsType.A), Answer(60));
        cache.Find(("a.example", DnsType.A));
        cache.Keep(("c.example", DnsType.A), Answer(60));
        Assert.NotNull(cache.Find(("a.example", DnsType.A)));
        Assert.Null(cache.Find(("b.example", DnsType.A)));
        Assert.NotNull(cache.Find(("c.example", DnsType.A)));
        cache.Keep(("c.example", DnsType.A), Answer(90));
        Assert.Equal(2, cache.Count);
    }

    private static DnsResult Answer(int seconds) =>
        new DnsResult.Answer([new DnsRecord.Address(IPAddress.Loopback)]) { Ttl = TimeSpan.FromSeconds(seconds) };
}
