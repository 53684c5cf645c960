using Parley.Server.Delivery;

namespace Parley.Server.Tests.Delivery;

public sealed class RetryPlanTests
{
    private static readonly DateTimeOffset Came = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static RetryPlan Plan(double random = 0.5) => new(
        ManagedQueue.Load("""{ "hostname": "mx.example.org", "domains": { "example.org": {} } }""").Delivery, () => random);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 15)]
    [InlineData(3, 30)]
    [InlineData(6, 240)]
    [InlineData(7, 240)]
    [InlineData(1000, 240)]
    public void The_waits_are_those_of_the_configuration_and_the_last_repeats(int attempts, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Plan().Wait(attempts));

    [Theory]
    [InlineData(0, 4.5)]
    [InlineData(0.999999, 5.5)]
    public void A_wait_is_up_to_a_tenth_shorter_or_longer(double random, double minutes) =>
        Assert.Equal(minutes, Plan(random).Wait(1).TotalMinutes, 0.001);

    [Fact]
    public void The_attempt_before_the_warning_and_the_last_one_are_drawn_forward_to_it()
    {
        var plan = Plan();
        Assert.Equal(Came.AddHours(4), plan.Bounded(Came.AddHours(6), Came, Came.AddHours(2)));
        Assert.Equal(Came.AddHours(9), plan.Bounded(Came.AddHours(9), Came, Came.AddHours(5)));
        Assert.Equal(Came.AddDays(5), plan.Bounded(Came.AddDays(5).AddHours(2), Came, Came.AddDays(4.9)));
        Assert.Equal(Came.AddDays(6), plan.Bounded(Came.AddDays(6), Came, Came.AddDays(5)));
    }

    [Fact]
    public void A_message_is_late_after_four_hours_and_over_after_five_days()
    {
        var plan = Plan();
        Assert.Equal((false, false), (plan.IsLate(Came, Came.AddHours(3.99)), plan.IsOver(Came, Came.AddDays(4.99))));
        Assert.Equal((true, true), (plan.IsLate(Came, Came.AddHours(4)), plan.IsOver(Came, Came.AddDays(5))));
    }

    [Fact]
    public void A_message_gets_about_thirty_attempts_in_its_five_days()
    {
        var plan = Plan();
        var (now, attempts) = (Came, 0);
        while (!plan.IsOver(Came, now))
        {
            attempts++;
            now = plan.Bounded(now + plan.Wait(attempts), Came, now);
        }

        Assert.Equal(Came.AddDays(5), now);
        Assert.InRange(attempts, 25, 40);
    }
}
