using System.Net;
using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Dns;
using Parley.Server.Tests.Dns;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

public sealed class MxLookupTests
{
    private readonly TableDns dns = new();

    private Settings settings = ManagedQueue.Load("""
        { "hostname": "mx.example.org", "domains": { "example.org": {} }, "listeners": [ { "address": "203.0.113.5:25" } ] }
        """);

    [Fact]
    public async Task Exchangers_are_tried_by_preference_and_IPv6_takes_turns_with_IPv4()
    {
        dns.Mx("d.example", 20, "b.example").Mx("d.example", 10, "a.example")
            .Address("a.example", "198.51.100.1", "198.51.100.2", "2001:db8::1").Address("b.example", "198.51.100.3");
        Assert.Equal("a [2001:db8::1] a [198.51.100.1] a [198.51.100.2] b [198.51.100.3]", await Find("d.example"));
    }

    [Fact]
    public async Task Exchangers_of_one_preference_are_in_random_order_and_stay_before_worse_ones()
    {
        dns.Mx("d.example", 20, "z.example").Address("z.example", "198.51.100.9");
        foreach (var name in new[] { "a", "b", "c" })
        {
            dns.Mx("d.example", 10, name + ".example").Address(name + ".example", "198.51.100.1");
        }

        var orders = new HashSet<string>(StringComparer.Ordinal);
        var random = new Random(1);
        for (var n = 0; n < 60; n++)
        {
            orders.Add(string.Concat((await Find("d.example", random.Next)).Split(' ').Where((_, i) => i % 2 == 0)));
        }

        Assert.Equal(["abcz", "acbz", "bacz", "bcaz", "cabz", "cbaz"], orders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_domain_without_an_exchanger_is_its_own()
    {
        dns.Address("d.example", "198.51.100.1");
        Assert.Equal("d [198.51.100.1]", await Find("d.example"));
        Assert.Equal("failed no-address", await Find(dns.Empty("e.example"), "e.example"));
    }

    [Fact]
    public async Task A_domain_with_a_useless_exchanger_is_not_its_own()
    {
        dns.Mx("d.example", 10, "gone.example").Address("d.example", "198.51.100.1");
        Assert.Equal("failed no-address", await Find("d.example"));
    }

    [Fact]
    public async Task A_null_MX_fails_with_556_5_1_10_and_a_root_among_others_is_passed_over()
    {
        dns.Mx("d.example", 0, ".");
        var failed = Assert.IsType<SendOutcome.Failed>(Assert.IsType<HopPlan.Nowhere>(await Plan("d.example")).Outcome);
        Assert.Equal((556, "5.1.10", SendPhase.Route), (failed.Why.Code, failed.Why.Status.ToString(), failed.Where));
        Assert.StartsWith("d.example: this domain declares that it takes no mail", failed.Why.Text, StringComparison.Ordinal);
        dns.Mx("d.example", 10, "a.example").Address("a.example", "198.51.100.1");
        Assert.Equal("a [198.51.100.1]", await Find("d.example"));
    }

    [Fact]
    public async Task A_domain_that_does_not_exist_fails_and_one_that_DNS_does_not_tell_of_waits()
    {
        Assert.Equal("failed no-such-domain", await Find("nobody.example"));
        Assert.Equal("deferred dns-failed", await Find(dns.Fails("slow.example"), "slow.example"));
        dns.Mx("d.example", 10, "a.example").Fails("a.example", DnsType.A).Fails("a.example", DnsType.Aaaa);
        Assert.Equal("deferred dns-failed", await Find("d.example"));
        dns.Mx("d.example", 20, "b.example").Address("b.example", "198.51.100.1");
        Assert.Equal("b [198.51.100.1]", await Find("d.example"));
    }

    [Fact]
    public async Task An_address_of_one_kind_is_enough_when_DNS_does_not_tell_of_the_other()
    {
        dns.Mx("d.example", 10, "a.example").Address("a.example", "198.51.100.1").Fails("a.example", DnsType.Aaaa);
        Assert.Equal("a [198.51.100.1]", await Find("d.example"));
    }

    [Fact]
    public async Task As_an_exchanger_of_the_domain_we_hand_on_to_better_ones_only()
    {
        dns.Mx("d.example", 10, "a.example").Mx("d.example", 20, "MX.example.org").Mx("d.example", 20, "b.example").Mx("d.example", 30, "c.example");
        foreach (var host in new[] { "a.example", "b.example", "c.example", "mx.example.org" })
        {
            dns.Address(host, "198.51.100.1");
        }

        Assert.Equal("a [198.51.100.1]", await Find("d.example"));
        dns.Mx("e.example", 10, "mx.example.org").Mx("e.example", 20, "b.example");
        Assert.Equal("failed loops-back", await Find("e.example"));
    }

    [Fact]
    public async Task A_host_is_us_by_its_address_too_but_only_where_we_listen()
    {
        dns.Mx("d.example", 10, "other.name.example").Address("other.name.example", "203.0.113.5");
        Assert.Equal("failed loops-back", await Find("d.example"));
        settings = settings with { Delivery = settings.Delivery with { Port = 2525 } };
        Assert.Equal("other [203.0.113.5]", await Find("d.example"));
    }

    [Fact]
    public async Task A_listener_on_all_addresses_makes_every_address_of_this_machine_ours()
    {
        settings = ManagedQueue.Load("""
            { "hostname": "mx.example.org", "domains": { "example.org": {} }, "listeners": [ { "address": "0.0.0.0:2525" } ],
              "delivery": { "port": 2525, "allowPrivateAddresses": true } }
            """);
        dns.Mx("d.example", 10, "a.example").Address("a.example", "127.0.0.7");
        Assert.Equal("failed loops-back", await Find("d.example"));
    }

    [Fact]
    public async Task Private_addresses_are_left_out_unless_they_are_allowed()
    {
        dns.Mx("d.example", 10, "a.example").Address("a.example", "10.1.2.3", "198.51.100.1", "::1", "::ffff:192.168.1.1");
        Assert.Equal("a [198.51.100.1]", await Find("d.example"));
        dns.Mx("e.example", 10, "b.example").Address("b.example", "127.0.0.1");
        Assert.Equal("failed private-address", await Find("e.example"));
        settings = settings with { Delivery = settings.Delivery with { AllowPrivateAddresses = true } };
        Assert.Equal("b [127.0.0.1]", await Find("e.example"));
    }

    [Theory]
    [InlineData("[198.51.100.1]", "[198.51.100.1]")]
    [InlineData("[IPv6:2001:db8::1]", "[2001:db8::1]")]
    [InlineData("[127.0.0.1]", "failed private-address")]
    [InlineData("[x400:c=de]", "failed unknown-literal")]
    public async Task An_address_literal_is_where_to_go(string domain, string expected)
    {
        Assert.Equal(expected, await Find(domain));
        Assert.Empty(dns.Asked);
    }

    [Fact]
    public async Task Many_exchangers_with_many_addresses_are_a_few_to_try()
    {
        for (var n = 0; n < 100; n++)
        {
            dns.Mx("d.example", n, $"h{n}.example").Address($"h{n}.example", [.. Enumerable.Range(0, 20).Select(i => $"198.51.{n}.{i}")]);
        }

        Assert.InRange(((HopPlan.Try)await Plan("d.example")).Hops.Count, 2, 20);
        Assert.InRange(dns.Asked.Count, 1, 30);
    }

    [Theory]
    [InlineData("aspmx.l.google.com", "google.com")]
    [InlineData("mx1.provider.co.uk", "provider.co.uk")]
    [InlineData("localhost", "localhost")]
    public async Task A_site_is_the_provider_of_the_best_exchanger(string host, string site)
    {
        dns.Mx("d.example", 20, "other.example").Mx("d.example", 10, host);
        Assert.Equal(site, await new MxLookup(dns, static _ => 0).Site(MailDomain.Parse("d.example")!, default));
        Assert.Equal("none.example", await new MxLookup(dns, static _ => 0).Site(MailDomain.Parse("None.example")!, default));
    }

    private Task<string> Find(TableDns _, string domain) => Find(domain);

    private async Task<string> Find(string domain, Func<int, int>? pick = null) => await Plan(domain, pick) switch
    {
        HopPlan.Try plan => string.Join(' ', plan.Hops.Select(hop => hop.Peer.Replace(".name.example", "").Replace(".example", "").Replace($":{((IPEndPoint)hop.Address).Port}", ""))),
        HopPlan.Nowhere { Outcome: SendOutcome.Failed failed } => "failed " + failed.Why.Id,
        HopPlan.Nowhere { Outcome: SendOutcome.Deferred deferred } => "deferred " + deferred.Why.Id,
        _ => "?",
    };

    private ValueTask<HopPlan> Plan(string domain, Func<int, int>? pick = null) =>
        new MxLookup(dns, pick ?? (static _ => 0)).Find(settings, MailDomain.Parse(domain)!, TestContext.Current.CancellationToken);
}
