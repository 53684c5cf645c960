using Parley.Server.Listening;

namespace Parley.Server.Tests.Listening;

public sealed class OpenFileLimitTests
{
    [Theory]
    [InlineData("1024", 224, 600)]
    [InlineData("64", 200, 1)]
    [InlineData("unlimited", 200, int.MaxValue)]
    [InlineData("9000000000000", 200, int.MaxValue)]
    public void Connections_leave_a_quarter_of_the_free_descriptors_to_others(string soft, int open, int expected)
    {
        string[] limits =
        [
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             95000                95000                processes ",
            $"Max open files            {soft,-21}1048576              files     ",
        ];

        Assert.Equal(expected, OpenFileLimit.ForConnections(limits, open));
    }

    [Fact]
    public void Where_the_system_does_not_tell_there_is_no_bound()
    {
        Assert.Equal(int.MaxValue, OpenFileLimit.ForConnections([], 10));
    }
}
