using System.Text.Json;
using Parley.Codes.Facts;

namespace Parley.Codes.Tests;

/// <summary>Every wording of providers.json and situations.json.</summary>
public class PatternTests
{
    private static readonly PatternTable Patterns = TestData.English.Patterns;

    public static TheoryData<string, string> Samples
    {
        get
        {
            var data = new TheoryData<string, string>();
            using var file = JsonDocument.Parse(string.Join('\n', TestData.Lines("provider-samples.json")));
            foreach (var sample in file.RootElement.EnumerateObject())
            {
                foreach (var said in sample.Value.ValueKind == JsonValueKind.Array ? sample.Value.EnumerateArray().Select(e => e.GetString()!) : [sample.Value.GetString()!])
                {
                    data.Add(sample.Name, said);
                }
            }

            return data;
        }
    }

    [Fact]
    public void There_are_135_wordings_of_providers() => Assert.Equal(135, Patterns.Providers.Count);

    [Fact]
    public void Every_pattern_compiles_and_matches_nothing_by_itself() =>
        Assert.All(Patterns.Providers.Concat(Patterns.Situations.Where(s => s.Pattern.Length > 0)), p =>
        {
            Assert.False(p.Matches(""), p.Id);
            Assert.False(p.Matches("hello"), p.Id);
        });

    // What a backtracking pattern stumbles over: long runs of what it may take, and no end that fits.
    [Theory]
    [InlineData("user account mailbox recipient address ")]
    [InlineData("authentication login password spf dkim dmarc ")]
    [InlineData("sender domain too many message connection rate ")]
    [InlineData("a")]
    [InlineData(" \t")]
    [InlineData("550 5.7.1 ")]
    public void No_pattern_stumbles(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1000 / piece.Length));
        Assert.All(Patterns.Providers.Concat(Patterns.Situations), p =>
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            p.Matches(text);
            Assert.True(watch.ElapsedMilliseconds < 20_000, $"{p.Id}: {watch.ElapsedMilliseconds} ms");
        });
    }

    [Fact]
    public void Every_wording_has_known_facts() =>
        Assert.All(Patterns.Providers.Concat(Patterns.Situations), p =>
        {
            Assert.Contains(p.WhoseMove, new[] { "sender", "operator", "recipient", "client" });
            Assert.Contains(p.Retry, new[] { "no", "later", "now", null });
            Assert.True(p.Phase is null || TestData.English.Label($"phase.{p.Phase}").Length > 0);
            Assert.All(p.ReplyCodes, c => Assert.True(c.Length == 3 && c.All(char.IsAsciiDigit), $"{p.Id}: {c}"));
            Assert.All(p.Enhanced.SelectMany(e => e.Split('-')), e => Assert.NotNull(TestData.Enhanced(e)));
        });

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_provider_is_recognised_by_its_words(string id, string said)
    {
        var pattern = Patterns.Providers.Single(p => p.Id == id);
        var found = Assert.Single(Explainer.Explain(TestData.English, said));
        if (!pattern.Generic)
        {
            Assert.Equal((TestData.English.CauseOf(id), pattern.Provider), (found.Cause, found.Provider));
        }
    }
}
