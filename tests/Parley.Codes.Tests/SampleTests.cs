using System.Globalization;

namespace Parley.Codes.Tests;

/// <summary>
/// Texts as people paste them, each in a file of Samples. A file begins with what is expected: a line
/// <c># expect CODE ENHANCED name=value …</c> for each reply that matters, and <c># secret WORD</c> for what must not come back.
/// </summary>
public class SampleTests
{
    private static readonly Catalogue English = Catalogue.Load("en");
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pasted_text_is_explained(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".txt"));
        var text = string.Join('\n', lines.SkipWhile(l => l.StartsWith("# ", StringComparison.Ordinal)));
        var found = Explainer.Explain(English, text);

        var at = 0;
        foreach (var expected in lines.Where(l => l.StartsWith("# expect ", StringComparison.Ordinal)).Select(l => l["# expect ".Length..].Split(' ')))
        {
            while (at < found.Count && (Code(found[at]), found[at].Enhanced ?? "-") != (expected[0], expected[1]))
            {
                at++;
            }

            Assert.True(at < found.Count, $"{name}: no {expected[0]} {expected[1]} among {string.Join("; ", found.Select(f => $"{f.Code} {f.Enhanced}"))}");
            foreach (var (field, value) in expected.Skip(2).Select(p => p.Split('=')).Select(p => (p[0], p[1].Replace('+', ' '))))
            {
                Assert.True(Actual(found[at], field, value) == value, $"{name}: {expected[0]} {expected[1]}: expected {field}={value}, got {Actual(found[at], field, value)}");
            }

            at++;
        }

        var refusals = lines.Count(l => l.StartsWith("# expect ", StringComparison.Ordinal) && l["# expect ".Length] is '4' or '5' or '-');
        Assert.Equal(refusals, found.Count(f => f.Class is "transient" or "permanent"));
        foreach (var secret in lines.Where(l => l.StartsWith("# secret ", StringComparison.Ordinal)).Select(l => l["# secret ".Length..]))
        {
            Assert.All(found, f => Assert.DoesNotContain(secret, f.Input, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void There_are_at_least_twenty_samples() => Assert.True(Names.Count >= 20);

    // A text without a basic code is explained by its enhanced code, which then stands in both places.
    private static string Code(ReplyExplanation e) => e.Code is { Length: 3 } code ? code : "-";

    private static string Actual(ReplyExplanation e, string field, string expected) => field switch
    {
        "phase" => e.Phase ?? "-",
        "provider" => e.Provider ?? "-",
        "move" => e.WhoseMove,
        "retry" => e.Retry,
        "conflicts" => e.Conflicts.Count.ToString(CultureInfo.InvariantCulture),
        "cause" => e.Cause == English.CauseOf(expected) ? expected : e.Cause,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "a sample expects what no explanation has"),
    };
}
