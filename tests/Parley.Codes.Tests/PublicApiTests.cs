using Parley.Tests.Shared;

namespace Parley.Codes.Tests;

/// <summary>What a program that takes the library can call; a change of it is a visible diff.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_members_are_those_of_the_golden_file() =>
        Golden.Check("tests/Parley.Codes.Tests/public-api.golden", PublicApi.Of(typeof(Explainer).Assembly));
}
