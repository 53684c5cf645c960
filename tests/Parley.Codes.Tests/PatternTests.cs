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
    public void Every_pattern_compiles_in_linear_time_and_matches_nothing_by_itself() =>
        Assert.All(Patterns.Providers.Concat(Patterns.Situations.Where(s => s.Pattern.Length > 0)), p =>
        {
            Assert.False(p.Matches(""), p.Id);
            Assert.False(p.Matches("hello"), p.Id);
        });

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
