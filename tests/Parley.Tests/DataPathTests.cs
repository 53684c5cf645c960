namespace Parley.Tests;

public class DataPathTests
{
    [Theory]
    [InlineData(null, "/state", "/home/a", "/state/parley")]
    [InlineData(null, null, "/home/a", "/home/a/.local/state/parley")]
    [InlineData(null, "relative", "/home/a", "/home/a/.local/state/parley")]
    [InlineData(null, "", "/home/a", "/home/a/.local/state/parley")]
    [InlineData(null, null, null, null)]
    [InlineData("/data", "/state", "/home/a", "/data")]
    public void The_flag_beats_the_state_folder_which_beats_the_home(string? named, string? state, string? home, string? expected) =>
        Assert.Equal(expected, DataPath.Find(named, name => name == "XDG_STATE_HOME" ? state : home));
}
