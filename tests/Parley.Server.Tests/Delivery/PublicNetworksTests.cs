using System.Net;
using Parley.Server.Delivery;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Delivery;

public sealed class PublicNetworksTests
{
    [Theory]
    [InlineData("198.51.100.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("64:ff9b::198.51.100.1", true)]
    [InlineData("2002:c633:6401::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.9.9.9", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b:1::198.51.100.1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:0:10.0.0.1", false)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:a00:1::", false)]
    [InlineData("fec0::1", false)]
    public void Addresses_of_private_networks_are_not_public_however_they_are_wrapped(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicNetworks.Contains(IPAddress.Parse(address)));

    [Fact]
    public void What_is_remembered_is_forgotten_after_its_time_and_when_there_is_too_much()
    {
        var time = new ManualTime();
        var memory = new Remembered<string>(time, TimeSpan.FromMinutes(1), capacity: 2);
        memory.Add("a");
        memory.Add("b");
        memory.Add("c");
        Assert.False(memory.Contains("a"));
        Assert.True(memory.Contains("b") && memory.Contains("c"));
        time.Advance(TimeSpan.FromSeconds(40));
        memory.Add("b");
        time.Advance(TimeSpan.FromSeconds(40));
        Assert.True(memory.Contains("b"));
        Assert.False(memory.Contains("c"));
    }
}
