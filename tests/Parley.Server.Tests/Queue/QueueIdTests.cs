using Parley.Server.Queue;

namespace Parley.Server.Tests.Queue;

public class QueueIdTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void The_text_of_an_id_is_read_back_and_sorts_as_the_id_does()
    {
        var source = new QueueIdSource(time, 3, default);
        var ids = new List<QueueId>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add(source.Next());
            time.Advance(TimeSpan.FromDays(i));
        }

        Assert.Equal(ids, ids.Select(id => QueueId.Parse(id.ToString())));
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids, ids.OrderBy(id => id.ToString(), StringComparer.Ordinal));
        Assert.All(ids, id => Assert.Matches("^[0-9a-z]{12}$", id.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789a")]
    [InlineData("0123456789abc")]
    [InlineData("0123456789aU")]
    [InlineData("../../../etc")]
    [InlineData("0123456789ai")]
    public void What_is_no_id_is_not_read_as_one(string? text) => Assert.False(QueueId.TryParse(text, out _));

    [Fact]
    public void Ids_rise_though_the_clock_stands_or_steps_back()
    {
        var source = new QueueIdSource(time, 0, default);
        var last = source.Next();
        for (var i = 0; i < 5000; i++)
        {
            time.Advance(i == 2000 ? TimeSpan.FromHours(-1) : TimeSpan.Zero);
            var next = source.Next();
            Assert.True(next.CompareTo(last) > 0);
            last = next;
        }
    }

    [Fact]
    public void Ids_go_on_after_the_newest_that_is_stored()
    {
        var before = new QueueIdSource(time, 511, default).Next();
        time.Advance(TimeSpan.FromDays(-1));

        Assert.True(new QueueIdSource(time, 0, before).Next().CompareTo(before) > 0);
    }

    [Fact]
    public void Two_nodes_never_give_the_same_id_at_the_same_time()
    {
        var one = new QueueIdSource(time, 1, default);
        var two = new QueueIdSource(time, 2, default);

        Assert.Empty(Enumerable.Range(0, 3000).Select(_ => one.Next()).Intersect(Enumerable.Range(0, 3000).Select(_ => two.Next())));
    }

    [Fact]
    public async Task Many_threads_get_different_ids()
    {
        var source = new QueueIdSource(TimeProvider.System, 0, default);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 5000).Select(_ => source.Next()).ToList())));

        Assert.Equal(40_000, ids.SelectMany(list => list).Distinct().Count());
    }
}
