using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Codes;

namespace Parley.Tests;

/// <summary>`parley compare` in the reader's language, as it was built.</summary>
public sealed partial class TranslatedComparisonTests : IDisposable
{
    private static readonly (string A, string B, string Language)[] Wanted =
        [("334", "550", "vi"), ("334", "502", "fr"), ("334", "501", "ru"), ("334", "500", "th"), ("334", "503", "vi"), ("450", "550", "ar")];

    private readonly RunningProgram parley = new();

    public static TheoryData<string, string, string> Comparisons => [.. Wanted.Where(w => Catalogue.Languages.Contains(w.Language))];

    public void Dispose() => parley.Dispose();

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void A_comparison_is_whole_in_the_language_of_the_reader(string a, string b, string language)
    {
        var outcome = parley.Run("compare", a, b, "--lang", language);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var own = Catalogue.Load(language);
        Assert.All(new[] { "differences", "whenToUseWhich", "example", "meaning", "whenYouSeeIt", "howToFix", "sender", "operator" }, key => Assert.Contains(own.Label(key), outcome.Output, StringComparison.Ordinal));

        var prose = Prose(outcome.Output);
        Assert.All(EnglishLabels(own), label => Assert.False(Has(prose, label), label));
        var share = EnglishShare(prose);
        Assert.True(share < 0.01, $"{share:P1} of the words are English:\n{prose}");
    }

    [Fact]
    public void What_is_taken_for_English_is_found_in_English()
    {
        var prose = Prose(parley.Run("compare", "334", "550", "--lang", "en").Output);
        Assert.InRange(EnglishShare(prose), 0.1, 1);
        Assert.True(EnglishLabels(Catalogue.Load("ru")).Count(label => Has(prose, label)) >= 8);
    }

    /// <summary>The English labels that this language words in another way; the names of verbs are in every language.</summary>
    private static IEnumerable<string> EnglishLabels(Catalogue own)
    {
        using var file = JsonDocument.Parse(typeof(Catalogue).Assembly.GetManifestResourceStream("Languages/en.json")!);
        return [.. file.RootElement.GetProperty("ui").EnumerateObject().Where(l => l.Value.GetString() != own.Label(l.Name)).Select(l => l.Value.GetString()!).Where(l => l.Any(char.IsLetter))];
    }

    /// <summary>Without the dialogue, which is in the language of the wire, and without the breaks of the lines.</summary>
    private static string Prose(string output) => Blank().Replace(Dialogue().Replace(output, ""), " ");

    private static bool Has(string prose, string label) => Regex.IsMatch(prose, $"(?<![A-Za-z]){Regex.Escape(label)}(?![A-Za-z])");

    /// <summary>The share of the words that only English has, of the most common ones.</summary>
    private static double EnglishShare(string prose) => (double)CommonWord().Count(prose) / Word().Count(prose);

    [GeneratedRegex(@"^ *[CS]: .*$", RegexOptions.Multiline)]
    private static partial Regex Dialogue();

    [GeneratedRegex(@"\b(?:the|of|and|is|are|this|that|with|which|by|when|what|your|not)\b", RegexOptions.IgnoreCase)]
    private static partial Regex CommonWord();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
