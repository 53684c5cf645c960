using System.Text;
using Parley.Tests.Shared;

namespace Parley.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly RunningProgram parley = new();

    public void Dispose() => parley.Dispose();

    [Fact]
    public void The_help_of_every_verb_is_that_of_the_golden_file()
    {
        var text = new StringBuilder();
        string[][] verbs = [[], .. Verbs.All().SelectMany(v => v.Acts.Select(act => new[] { v.Command.Name, act.Command.Name }).Prepend([v.Command.Name]))];
        foreach (var verb in verbs)
        {
            string[] arguments = [.. verb, "--help"];
            var outcome = parley.Run(arguments);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            text.Append("$ parley ").AppendJoin(' ', arguments).Append('\n').Append(outcome.Output).Append('\n');
        }

        Golden.Check("tests/Parley.Tests/help.golden", text.ToString());
    }

    [Fact]
    public void Every_verb_has_an_example_that_begins_with_its_name() =>
        Assert.All(Verbs.All(), v => Assert.StartsWith("parley " + v.Command.Name, v.Example, StringComparison.Ordinal));

    [Fact]
    public void The_version_is_one_line()
    {
        var outcome = parley.Run("--version");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^parley \d+\.\d+\.\d+\n$", outcome.Output);
    }

    [Theory]
    [InlineData("chekc-config", "parley: \"chekc-config\" is not known here (did you mean \"check-config\"?); see `parley --help`\n")]
    [InlineData("--verion", "parley: \"--verion\" is not known here (did you mean \"--version\"?); see `parley --help`\n")]
    [InlineData("check-config --shcema", "parley check-config: \"--shcema\" is not known here (did you mean \"--schema\"?); see `parley check-config --help`\n")]
    [InlineData("user", "parley user: name a verb: add, list, password, disable, enable, remove; see `parley user --help`\n")]
    [InlineData("user ad", "parley user: \"ad\" is not known here (did you mean \"add\"?); see `parley user --help`\n")]
    [InlineData("user add alice --adress x", "parley user add: \"--adress\" is not known here (did you mean \"--address\"?); see `parley user add --help`\n")]
    [InlineData("check-config a b", "parley check-config: \"b\" is not known here; see `parley check-config --help`\n")]
    [InlineData("user add", "parley user add: NAME is missing; see `parley user add --help`\n")]
    [InlineData("compare 334", "parley compare: B is missing; see `parley compare --help`\n")]
    [InlineData("explain", "parley explain: CODE|TEXT is missing; see `parley explain --help`\n")]
    [InlineData("serve --config", "parley serve: the FILE of --config is missing; see `parley serve --help`\n")]
    public void Wrong_usage_is_one_line_and_exit_code_2(string arguments, string expected)
    {
        var outcome = parley.Run(arguments.Split(' '));

        Assert.Equal((2, "", expected), (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    [Fact]
    public void Without_a_verb_the_verbs_are_named()
    {
        var outcome = parley.Run();

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("parley: name a verb: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("check-config", outcome.Error, StringComparison.Ordinal);
    }
}
