using System.Text;
using Parley.Smtp.Commands;
using Parley.Smtp.Serving;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Commands;

public class CommandTableTests
{
    [Fact]
    public void The_law_of_sequence_is_what_the_golden_file_says()
    {
        var text = new StringBuilder("verb     | before TLS | needs login | argument | longest | ");
        text.AppendJoin(" | ", Enum.GetNames<Phase>()).Append('\n');
        foreach (var command in CommandTable.All)
        {
            text.Append($"{command.Verb,-8} | {(command.BeforeTls ? "yes" : "no"),-10} | {(command.NeedsLogin ? "yes" : "no"),-11} | {command.Argument,-8} | {command.MaxLine,7} | ");
            text.AppendJoin(" | ", command.Order.Select(refusal => refusal?.Id ?? "ok")).Append('\n');
        }

        Golden.Check("tests/Parley.Smtp.Tests/Commands/command-table.golden", text.ToString());
    }

    [Theory]
    [InlineData("MAIL", true)]
    [InlineData("mail", true)]
    [InlineData("StartTls", true)]
    [InlineData("MAI", false)]
    [InlineData("MAIL\0", false)]
    [InlineData("\rAIL", false)]
    [InlineData("", false)]
    public void A_verb_is_found_in_any_case_and_nothing_else_is(string verb, bool known) =>
        Assert.Equal(known, CommandTable.Find(Encoding.ASCII.GetBytes(verb)) is not null);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void No_four_octets_are_taken_for_a_verb_but_its_letters() => Fuzzing.Run((random, _) =>
    {
        var octets = new byte[4];
        random.NextBytes(octets);
        var known = CommandTable.All.Any(c => string.Equals(c.Verb, Encoding.Latin1.GetString(octets), StringComparison.OrdinalIgnoreCase));
        Assert.Equal(known, CommandTable.Find(octets) is not null);
    });
}
