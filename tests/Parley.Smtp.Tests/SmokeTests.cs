namespace Parley.Smtp.Tests;

public class SmokeTests
{
    [Fact]
    public void The_assembly_loads() => Assert.True(true);
}
