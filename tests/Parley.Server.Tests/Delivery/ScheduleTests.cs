using Parley.Server.Delivery;

namespace Parley.Server.Tests.Delivery;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset At(int minutes) => Noon.AddMinutes(minutes);

    [Fact]
    public void What_has_been_due_for_longest_comes_first_and_what_is_not_due_does_not_come()
    {
        var schedule = new Schedule(10);
        Assert.True(schedule.Add("late", At(5)));
        Assert.True(schedule.Add("early", At(1)));
        Assert.False(schedule.Add("between", At(3)));

        Assert.Equal(At(1), schedule.First);
        Assert.Null(schedule.Take(At(0)));
        Assert.Equal("early", schedule.Take(At(4)));
        Assert.Equal("between", schedule.Take(At(4)));
        Assert.Null(schedule.Take(At(4)));
        Assert.Equal("late", schedule.Take(At(5)));
        Assert.Null(schedule.First);
    }

    [Fact]
    public void A_sooner_time_wins_and_a_later_one_is_not_news()
    {
        var schedule = new Schedule(10);
        schedule.Add("a", At(5));
        Assert.False(schedule.Add("a", At(9)));
        Assert.True(schedule.Add("a", At(2)));
        Assert.Equal(1, schedule.Count);
        Assert.Equal("a", schedule.Take(At(2)));
        Assert.Null(schedule.Take(At(100)));
    }

    [Fact]
    public void What_does_not_fit_is_forgotten_with_the_time_of_the_first_of_it()
    {
        var schedule = new Schedule(3);
        for (var i = 9; i >= 0; i--)
        {
            schedule.Add($"d{i}", At(i));
        }

        Assert.Equal(3, schedule.Count);
        Assert.Equal(At(3), schedule.Forgotten);
        Assert.Equal(["d0", "d1", "d2"], Enumerable.Range(0, 3).Select(_ => schedule.Take(At(60))));

        schedule.BeginSweep();
        Assert.Null(schedule.Forgotten);
    }
}
