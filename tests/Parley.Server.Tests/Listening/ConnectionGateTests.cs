using System.Net;
using Parley.Server.Listening;
using Parley.Smtp;

namespace Parley.Server.Tests.Listening;

public sealed class ConnectionGateTests
{
    private readonly ConnectionGate gate = new() { Most = 5, MostPerAddress = 2 };

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
        var told = 0;
        while (gate.MayTell())
        {
            Assert.InRange(++told, 1, 1000);
        }

        Assert.False(gate.MayTell());
        gate.Told();
        Assert.True(gate.MayTell());
        Assert.False(gate.MayTell());
    }
}
