using Parley.Server.Delivery;
using Parley.Server.Queue;

namespace Parley.Server.Tests.Delivery;

public sealed class SiteTests
{
    private const int Most = 8;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AttemptReply Why = new(421, "4.7.0", "too fast", "mx");

    private static TimeSpan Wait(int failures) => TimeSpan.FromMinutes(failures);

    [Fact]
    public void A_stranger_gets_one_visit_and_each_message_taken_one_more_up_to_the_bound()
    {
        var site = new Site("s");
        Assert.True(site.TryEnter("a", Most, Noon));
        Assert.False(site.TryEnter("b", Most, Noon));
        for (var i = 0; i < 20; i++)
        {
            site.Succeeded(Most);
        }

        Assert.Equal(Most - 1, Enumerable.Range(0, 20).Count(_ => site.TryEnter("c", Most, Noon)));
    }

    [Fact]
    public void Who_found_no_place_is_called_when_there_is_one_each_once_and_in_turn()
    {
        var site = new Site("s");
        site.TryEnter("a", Most, Noon);
        foreach (var waiting in new[] { "b", "c", "b", "d" })
        {
            site.TryEnter(waiting, Most, Noon);
        }

        Assert.Equal(3, site.Waiting);
        site.Leave(Noon);
        Assert.Equal(["b"], site.TakeWaiting(Most, Noon));
        Assert.Equal(2, site.Waiting);
    }

    [Fact]
    public void After_a_trouble_it_bears_half_and_then_rises_slowly()
    {
        var site = new Site("s");
        for (var i = 0; i < 20; i++)
        {
            site.Succeeded(Most);
        }

        site.Shrink();
        Assert.Equal(4, Enumerable.Range(0, 20).Count(_ => site.TryEnter("a", Most, Noon)));
        for (var i = 0; i < 4; i++)
        {
            site.Succeeded(Most);
        }

        Assert.False(site.TryEnter("a", Most, Noon));
        site.Succeeded(Most);
        Assert.True(site.TryEnter("a", Most, Noon));
    }

    [Fact]
    public void Each_failure_in_a_row_makes_the_pause_longer_and_a_success_ends_the_row()
    {
        var site = new Site("s");
        site.Suspend(Why, isThrottling: true, Wait, Noon);
        Assert.True(site.IsPaused(Noon.AddSeconds(59)));
        Assert.False(site.IsPaused(Noon.AddSeconds(60)));
        site.Suspend(Why, isThrottling: true, Wait, Noon);
        Assert.Equal(Noon.AddMinutes(2), site.Pause!.Until);
        site.Succeeded(Most);
        site.Suspend(Why, isThrottling: true, Wait, Noon);
        Assert.Equal(Noon.AddMinutes(1), site.Pause!.Until);
    }

    [Fact]
    public void Who_waits_is_called_when_a_pause_begins_so_that_it_is_put_off_with_the_reason()
    {
        var site = new Site("s");
        site.TryEnter("a", Most, Noon);
        site.TryEnter("b", Most, Noon);
        site.TryEnter("c", Most, Noon);
        site.Suspend(Why, isThrottling: false, Wait, Noon);
        site.Leave(Noon);
        Assert.Equal(["b", "c"], site.TakeWaiting(Most, Noon));
    }
}
