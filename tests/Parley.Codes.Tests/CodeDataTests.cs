using System.Text.Json;
using Parley.Tests.Shared;

namespace Parley.Codes.Tests;

/// <summary>Every entry of codes.json and enhanced.json, field by field.</summary>
public class CodeDataTests
{
    private static readonly Catalogue English = TestData.English;
    private static readonly string[] Classes = ["success", "intermediate", "transient", "permanent"];
    private static readonly string[] Standings = ["standard", "registered", "folk"];
    private static readonly string[] Retries = ["no", "later", "now"];
    private static readonly string[] Movers = ["sender", "operator", "recipient", "client"];

    // Written by the sender's own server into a bounce or a tracking report; nobody answers a command with them.
    private static readonly string[] OnlyInReports = ["X.1.9", "X.4.7"];

    public static TheoryData<string> Registry => [.. TestData.Lines("registry-codes.txt")];

    [Theory]
    [MemberData(nameof(Registry))]
    public void Every_code_of_the_registries_is_explained_in_every_field(string code)
    {
        var e = English.Explain(code);
        Assert.NotNull(e);
        Assert.Equal(code, e.Code);
        Assert.Contains(e.Class, Classes);
        Assert.Contains(e.Standing, Standings);
        Assert.Contains(e.Retry, Retries);
        Assert.Contains(e.WhoseMove, Movers);
        Assert.All(new[] { e.Title, e.Meaning, e.WhenYouSeeIt, e.HowToFix.Sender, e.HowToFix.Operator }, text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.NotEmpty(e.Causes);
        Assert.True(e.Commands.Count > 0 || OnlyInReports.Contains(code), "no command");
        Assert.NotEmpty(e.Example);
        Assert.NotEmpty(e.References);
        Assert.NotEmpty(e.Related);
    }

    [Fact]
    public void The_catalogue_holds_what_the_registries_hold_and_nothing_else() =>
        Assert.Equal(TestData.Lines("registry-codes.txt").Order(StringComparer.Ordinal), English.BasicCodes.Concat(English.EnhancedRows).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_reference_resolves_to_a_section() =>
        Assert.All(TestData.AllCodes.SelectMany(c => English.Explain(c)!.References.Select(r => (Code: c, Reference: r))), x =>
            Assert.True(RfcSections.Has(x.Reference.Rfc, x.Reference.Section), $"{x.Code}: RFC {x.Reference.Rfc} §{x.Reference.Section}"));

    [Fact]
    public void Every_related_code_is_known_and_another_one() =>
        Assert.All(TestData.AllCodes, c => Assert.All(English.Explain(c)!.Related, r => Assert.True(r != c && TestData.IsKnown(r), $"{c}: {r}")));

    [Fact]
    public void Every_code_that_goes_with_another_is_known_and_of_the_same_class() =>
        Assert.All(TestData.AllCodes.Where(c => !c.Contains('X')), c => Assert.All(English.Explain(c)!.GoesWith, other =>
            Assert.True(TestData.IsKnown(other), $"{c}: {other}")));

    [Fact]
    public void Every_example_is_a_dialogue_in_which_the_code_appears() =>
        Assert.All(TestData.AllCodes.Where(c => !c.Contains('X')), c =>
        {
            var example = English.Explain(c)!.Example;
            Assert.All(example, l => Assert.True(l.StartsWith("C: ", StringComparison.Ordinal) || l.StartsWith("S: ", StringComparison.Ordinal), $"{c}: {l}"));
            var shown = c.Length == 3 ? $"S: {c}" : c[1..];
            Assert.True(example.Any(l => l.Contains(shown, StringComparison.Ordinal)), $"{c} is not in its example");
        });

    [Fact]
    public void An_example_names_only_hosts_and_addresses_that_are_set_aside_for_examples() =>
        Assert.All(TestData.AllCodes.SelectMany(c => English.Explain(c)!.Example.Select(l => (c, l))), x =>
        {
            foreach (var host in System.Text.RegularExpressions.Regex.Matches(x.l, @"(?<=[@ <])[a-z0-9-]+(\.[a-z0-9-]+)+(?=[>\s:,]|$)").Select(m => m.Value).Where(h => !char.IsAsciiDigit(h[0])))
            {
                Assert.True(host.Contains("example", StringComparison.Ordinal) || host.EndsWith(".invalid", StringComparison.Ordinal) || host.EndsWith(".test", StringComparison.Ordinal), $"{x.c}: {host} in {x.l}");
            }
        });

    [Fact]
    public void The_class_agrees_with_the_first_digit() =>
        Assert.All(TestData.AllCodes.Where(c => c[0] != 'X'), c =>
            Assert.Equal(c[0] switch { '2' => "success", '3' => "intermediate", '4' => "transient", _ => "permanent" }, English.Explain(c)!.Class));

    [Fact]
    public void A_basic_code_tells_what_the_client_does_and_what_becomes_of_the_session() =>
        Assert.All(English.BasicCodes, c =>
        {
            var facts = English.Facts(c)!;
            var differences = TestData.File("Languages/en.json").GetProperty("differences");
            Assert.True(differences.GetProperty("client").GetProperty("sentences").TryGetProperty(facts.Client!, out _), $"{c}: {facts.Client}");
            Assert.True(differences.GetProperty("client").GetProperty("when").TryGetProperty(facts.Client!, out _), $"{c}: {facts.Client}");
            Assert.True(differences.GetProperty("session").GetProperty("sentences").TryGetProperty(facts.Session!, out _), $"{c}: {facts.Session}");
        });

    [Fact]
    public void Every_phase_and_moment_has_a_name()
    {
        var ui = TestData.File("Languages/en.json").GetProperty("ui");
        Assert.All(new[] { "Data/codes.json", "Data/enhanced.json" }.SelectMany(f => TestData.File(f).EnumerateObject()), entry =>
        {
            Assert.All(entry.Value.GetProperty("phases").EnumerateArray(), p => Assert.True(ui.TryGetProperty($"phase.{p.GetString()}", out _), $"{entry.Name}: {p}"));
            Assert.All(entry.Value.GetProperty("commands").EnumerateArray().Select(c => c.GetString()!), c =>
                Assert.True(c.All(char.IsAsciiLetterUpper) || ui.TryGetProperty($"moment.{c}", out _), $"{entry.Name}: {c}"));
        });
    }

    [Fact]
    public void An_enhanced_code_lists_basic_codes_and_a_basic_code_enhanced_ones()
    {
        Assert.All(English.BasicCodes.SelectMany(c => English.Explain(c)!.GoesWith), other => Assert.NotNull(TestData.Enhanced(other)));
        Assert.All(English.EnhancedCodes.SelectMany(c => English.Explain(c)!.GoesWith), other => Assert.Equal(3, other.Length));
    }
}
