using System.Globalization;
using System.Net;
using Parley.Server.Accounts;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

public class LoginLimitsTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Abroad = IPAddress.Parse("198.51.100.7");
    private readonly HastyClock clock = new();
    private readonly LoginLimits limits;

    public LoginLimitsTests() =>
        limits = new LoginLimits(new LoginLimitSettings { Free = 3, PerAddress = 8, PerAccount = 6 }, clock);

    [Fact]
    public void The_first_failures_are_free_and_each_further_one_doubles_the_delay_up_to_a_longest()
    {
        var delays = Enumerable.Range(0, 12).Select(_ => limits.Failed(Home, "alice").TotalMilliseconds);
        Assert.Equal([0, 0, 0, 100, 200, 400, 800, 1600, 1600, 1600, 1600, 1600], delays);
        Assert.Equal(2000, new LoginLimits(new LoginLimitSettings { Free = 0, FirstDelay = TimeSpan.FromHours(1) }, clock)
            .Failed(Home, "alice").TotalMilliseconds);
    }

    [Fact]
    public void An_address_with_too_many_failures_is_refused_whatever_the_name()
    {
        for (var i = 0; i < 8; i++)
        {
            Assert.Null(limits.Refusal(Home, "carol"));
            limits.Failed(Home, $"name{i}");
        }

        Assert.Equal(SaslFailureReason.TooManyAddressFailures, limits.Refusal(Home, "carol"));
        Assert.Null(limits.Refusal(Abroad, "carol"));
    }

    [Fact]
    public void A_login_refused_for_its_account_brings_the_address_nearer_to_its_own_limit()
    {
        for (var i = 1; i <= 6; i++)
        {
            limits.Failed(IPAddress.Parse($"203.0.113.{i}"), "alice");
        }

        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(SaslFailureReason.TooManyAccountFailures, limits.Refusal(Abroad, "alice"));
            Assert.False(limits.IsShutOut(Abroad));
            limits.RefusedForAccount(Abroad);
        }

        Assert.Equal(SaslFailureReason.TooManyAddressFailures, limits.Refusal(Abroad, "alice"));
        Assert.True(limits.IsShutOut(Abroad));
        Assert.False(limits.IsShutOut(Home));
        clock.Advance(TimeSpan.FromSeconds(13));
        Assert.False(limits.IsShutOut(Abroad));
    }

    [Fact]
    public void Failures_are_forgiven_one_by_one()
    {
        for (var i = 0; i < 20; i++)
        {
            limits.Failed(Home, "alice");
        }

        clock.Advance(TimeSpan.FromSeconds(13));
        Assert.Null(limits.Refusal(Home, "carol"));
        limits.Failed(Home, "alice");
        Assert.Equal(SaslFailureReason.TooManyAddressFailures, limits.Refusal(Home, "carol"));
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.Zero, limits.Failed(Home, "alice"));
    }

    [Fact]
    public void An_account_attacked_from_many_addresses_is_refused_to_strangers_only()
    {
        limits.Succeeded(Home, "Alice");
        for (var i = 1; i <= 6; i++)
        {
            limits.Failed(IPAddress.Parse($"203.0.113.{i.ToString(CultureInfo.InvariantCulture)}"), "alice");
        }

        Assert.Equal(SaslFailureReason.TooManyAccountFailures, limits.Refusal(Abroad, "ALICE"));
        Assert.Null(limits.Refusal(Home, "alice"));
        Assert.Null(limits.Refusal(Abroad, "bob"));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    public void Addresses_of_one_site_count_together(string one, string other, bool together)
    {
        for (var i = 0; i < 8; i++)
        {
            limits.Failed(IPAddress.Parse(one), "x");
        }

        Assert.Equal(
            together ? SaslFailureReason.TooManyAddressFailures : null, limits.Refusal(IPAddress.Parse(other), "carol"));
    }

    [Fact]
    public void Memory_is_bounded_and_the_loudest_are_kept()
    {
        var counter = new FailureCounter(clock, TimeSpan.FromMinutes(1), capacity: 100);
        for (var i = 0; i < 1000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            counter.Add(i.ToString(CultureInfo.InvariantCulture), 50);
            counter.Add("flood", 50);
        }

        Assert.InRange(counter.Count, 50, 100);
        Assert.InRange(counter.Level("flood"), 45, 50);
        clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 101; i++)
        {
            counter.Add("late" + i.ToString(CultureInfo.InvariantCulture), 50);
        }

        Assert.Equal(0, counter.Level("flood"));
    }
}
