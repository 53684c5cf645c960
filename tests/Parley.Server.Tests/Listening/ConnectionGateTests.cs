using System.Net;
using Parley.Server.Listening;
using Parley.Server.Tests.Accounts;
using Parley.Smtp;

namespace Parley.Server.Tests.Listening;

public sealed class ConnectionGateTests
{
    private static readonly IPAddress Peer = IPAddress.Parse("198.51.100.1");
    private readonly HastyClock clock = new();
    private readonly ConnectionGate gate;

    public ConnectionGateTests() => gate = new ConnectionGate(clock) { Most = 5, MostPerAddress = 2, MostTold = 4 };

    [Theory]
    [InlineData("198.51.100.1", "198.51.100.1", true)]
    [InlineData("198.51.100.1", "198.51.100.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void A_limit_for_one_address_is_one_for_the_64_bits_of_a_site_of_IPv6(string first, string second, bool isOne)
    {
        Assert.Null(gate.Enter(IPAddress.Parse(first)));
        Assert.Null(gate.Enter(IPAddress.Parse(first)));
        Assert.Equal(isOne ? Replies.TooManyFromAddress : null, gate.Enter(IPAddress.Parse(second)));
        Assert.Equal(isOne ? 2 : 3, gate.Count);
        gate.Leave(IPAddress.Parse(first));
        Assert.Null(gate.Enter(IPAddress.Parse(second)));
    }

    [Fact]
    public void Refusals_are_said_to_so_many_at_once_and_to_others_again_when_one_has_gone()
    {
        Assert.Equal([true, true, true, true, false], Enumerable.Range(0, 5).Select(_ => gate.MayTell(Peer, inTls: false)));
        gate.Told();
        Assert.True(gate.MayTell(Peer, inTls: false));
        Assert.False(gate.MayTell(Peer, inTls: false));
    }

    [Fact]
    public void In_TLS_a_refusal_costs_a_handshake_and_is_said_to_an_address_once_a_second()
    {
        Assert.True(gate.MayTell(Peer, inTls: true));
        Assert.False(gate.MayTell(Peer, inTls: true));
        Assert.True(gate.MayTell(Peer, inTls: false));
        Assert.True(gate.MayTell(IPAddress.Parse("198.51.100.2"), inTls: true));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(gate.MayTell(Peer, inTls: true));
    }

    [Fact]
    public void Who_is_closed_without_a_word_takes_nobody_s_place()
    {
        for (var i = 0; i < 1000; i++)
        {
            gate.MayTell(Peer, inTls: true);
        }

        Assert.True(gate.MayTell(IPAddress.Parse("198.51.100.2"), inTls: true));
    }
}
