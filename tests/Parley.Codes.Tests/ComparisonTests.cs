using Parley.Tests.Shared;

namespace Parley.Codes.Tests;

public class ComparisonTests
{
    private static readonly Catalogue English = TestData.English;

    public static TheoryData<string> Codes => [.. TestData.AllCodes];

    public static TheoryData<string> WrittenPairs => [.. TestData.File("Data/pairs.json").EnumerateObject().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Any_two_codes_differ_in_whole_sentences(string a) =>
        Assert.All(TestData.AllCodes.Where(b => b != a), b =>
        {
            var c = English.Compare(a, b)!;
            Assert.NotEmpty(c.Differences);
            Assert.All(c.Differences, d =>
            {
                Assert.True(d.A != d.B && d.A.Contains(a, StringComparison.Ordinal) && d.B.Contains(b, StringComparison.Ordinal), $"{a} {b}: {d}");
                Assert.True(Whole(d.A) && Whole(d.B) && d.Aspect.Length > 0, $"{a} {b}: {d}");
                // What differs, never the two descriptions over again.
                Assert.DoesNotContain(d.A, new[] { c.A.Meaning, c.A.WhenYouSeeIt, c.A.HowToFix.Sender, c.A.HowToFix.Operator });
            });
            Assert.Equal(c.Differences.Count, c.Differences.Select(d => d.Aspect).Distinct().Count());
            Assert.Equal([a, b], c.WhenToUseWhich.Select(w => w.Code));
            Assert.All(c.WhenToUseWhich, w => Assert.True(Whole(w.When), $"{a} {b}: {w}"));
            Assert.NotEqual(c.WhenToUseWhich[0].When, c.WhenToUseWhich[1].When);
        });

    [Fact]
    public void Both_orders_lead_to_the_same_comparison_with_the_sides_changed()
    {
        string[] codes = ["220", "334", "354", "421", "450", "550", "554", "571", "4.2.2", "5.1.1", "5.7.1", "X.7.X"];
        Assert.All(codes.SelectMany(_ => codes, (a, b) => (a, b)).Where(p => p.a != p.b), p =>
        {
            var (there, back) = (English.Compare(p.a, p.b)!, English.Compare(p.b, p.a)!);
            Assert.Equal(there.Differences, back.Differences.Select(d => new Difference(d.Aspect, d.B, d.A)));
            Assert.Equal(there.WhenToUseWhich, back.WhenToUseWhich.Reverse());
            Assert.Equal((there.Introduction, there.A.Code, there.B.Code), (back.Introduction, back.B.Code, back.A.Code));
        });
    }

    [Fact]
    public void At_least_25_pairs_are_written() => Assert.True(WrittenPairs.Count >= 25);

    [Theory]
    [InlineData("334", "500")]
    [InlineData("334", "501")]
    [InlineData("334", "502")]
    [InlineData("334", "503")]
    [InlineData("334", "550")]
    [InlineData("334", "235")]
    [InlineData("334", "535")]
    [InlineData("235", "535")]
    [InlineData("421", "450")]
    [InlineData("421", "451")]
    [InlineData("450", "451")]
    [InlineData("450", "550")]
    [InlineData("550", "551")]
    [InlineData("550", "553")]
    [InlineData("550", "554")]
    [InlineData("551", "553")]
    [InlineData("551", "554")]
    [InlineData("553", "554")]
    [InlineData("552", "452")]
    [InlineData("530", "535")]
    [InlineData("530", "538")]
    [InlineData("535", "538")]
    [InlineData("500", "502")]
    [InlineData("501", "555")]
    [InlineData("503", "554")]
    [InlineData("5.1.1", "5.7.1")]
    public void A_pair_that_people_mix_up_has_a_paragraph_and_a_dialogue(string a, string b)
    {
        var c = English.Compare(a, b)!;
        Assert.True(c.Introduction is { Length: > 100 }, $"{a} {b}");
        Assert.NotEmpty(c.Example);
    }

    [Theory]
    [MemberData(nameof(WrittenPairs))]
    public void A_written_pair_is_whole_and_its_dialogue_shows_both(string pair)
    {
        var codes = pair.Split('-');
        var c = English.Compare(codes[0], codes[1])!;
        Assert.True(c.Introduction is { Length: > 100 }, pair);
        Assert.All(codes, code => Assert.Contains(c.Example, l => l.StartsWith("S: ", StringComparison.Ordinal) && l.Contains(code, StringComparison.Ordinal)));
        Assert.All(c.Example, l => Assert.True(l.StartsWith("C: ", StringComparison.Ordinal) || l.StartsWith("S: ", StringComparison.Ordinal), $"{pair}: {l}"));
    }

    [Fact]
    public void A_code_compared_with_itself_has_no_difference() => Assert.Empty(English.Compare("550", "550")!.Differences);

    [Theory]
    [InlineData("550", "599")]
    [InlineData("nonsense", "550")]
    public void A_comparison_with_an_unknown_code_is_none(string a, string b) => Assert.Null(English.Compare(a, b));

    [Fact]
    public void The_comparison_of_334_and_550_reads_as_it_was_approved()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new PlainText(English, writer, colour: false).Write(English.Compare("334", "550")!);
        Golden.Check("tests/Parley.Codes.Tests/compare-334-550.golden", writer.ToString());
    }

    private static bool Whole(string sentence) =>
        (char.IsUpper(sentence[0]) || char.IsAsciiDigit(sentence[0]) || sentence[0] == 'X') && sentence[^1] == '.' && !sentence.Contains('{') && !sentence.Contains("  ", StringComparison.Ordinal);
}
