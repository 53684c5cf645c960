namespace Parley.Server.Tests;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("426", 42)]
    [InlineData("1024", 42)]
    [InlineData("1024", 500)]
    [InlineData("20000", 42)]
    [InlineData("65536", 42)]
    [InlineData("1048576", 42)]
    [InlineData("2147483647", 42)]
    public void The_parts_together_stay_below_the_limit_with_a_reserve_for_the_process_itself(string soft, int open)
    {
        var files = OpenFiles.Of(Limits(soft), open);

        // A visit and a request of the web may have a message's file besides their connection.
        var all = (long)files.Connections + files.Refusals + files.Contents + files.IdleVisits + (2L * files.Visits) + (2L * files.Web);
        Assert.InRange(all, 1, long.Parse(soft, null) - open - 256);
        Assert.All(
            [files.Connections, files.Refusals, files.Contents, files.Visits, files.IdleVisits, files.Web],
            static most => Assert.True(most >= 4));
    }

    [Fact]
    public void Most_of_a_high_limit_is_for_connections()
    {
        Assert.InRange(OpenFiles.Of(Limits("20000"), 42).Connections, 10_000, 20_000);
        Assert.InRange(OpenFiles.Of(Limits("65536"), 42).Connections, 20_000, 65_536);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("256")]
    [InlineData("425")]
    public void A_limit_that_is_too_low_is_refused_with_what_to_do(string soft)
    {
        var refused = Assert.Throws<TooFewOpenFilesException>(() => OpenFiles.Of(Limits(soft), open: 42));

        Assert.Equal(
            $"this process may open {soft} files and sockets, and a server needs 426 at least; raise the limit: `ulimit -n 65536` in the shell that starts it, LimitNOFILE=65536 in a systemd unit",
            refused.Message);
    }

    [Theory]
    [InlineData("unlimited")]
    [InlineData("9000000000000")]
    public void Without_a_limit_there_is_none_for_connections(string soft)
    {
        Assert.InRange(OpenFiles.Of(Limits(soft), 42).Connections, 1_000_000_000, int.MaxValue);
    }

    [Fact]
    public void Where_the_system_does_not_tell_there_are_the_usual_bounds()
    {
        Assert.Equal(new OpenFiles(), OpenFiles.Of([], 42));
    }

    private static string[] Limits(string soft) =>
    [
        "Limit                     Soft Limit           Hard Limit           Units     ",
        "Max processes             95000                95000                processes ",
        $"Max open files            {soft,-21}1048576              files     ",
    ];
}
