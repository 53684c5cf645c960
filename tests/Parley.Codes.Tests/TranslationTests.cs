using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Codes.Tests;

/// <summary>Every language beside the English: whole, in its own words, and with the terms of its glossary.</summary>
public sealed class TranslationTests
{
    private static readonly JsonElement English = TestData.File("Languages/en.json");

    public static TheoryData<string> Translations => [.. Catalogue.Languages.Where(l => l != "en")];

    [Theory]
    [MemberData(nameof(Translations))]
    public void A_translation_has_every_text_of_the_English_filled_and_no_other(string language)
    {
        var (check, english) = (Check(language), new TranslationCheck(English, English));
        TestContext.Current.TestOutputHelper?.WriteLine($"{language}: {check.Filled} texts filled, English: {english.Filled}");
        AssertNone(check.MissingOrTooMany());
        AssertNone(check.Empty());
        AssertNone(english.Empty());
        Assert.Equal(english.Filled, check.Filled);
        Assert.True(check.Filled > 2500, $"{check.Filled} texts");
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void No_text_is_left_in_English(string language)
    {
        AssertNone(Check(language).LeftInEnglish());
        AssertNone(Check(language).MostlyLatin());
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void Placeholders_and_numbers_are_kept(string language)
    {
        AssertNone(Check(language).LostPlaceholders());
        AssertNone(Check(language).LostNumbers());
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void A_term_of_the_glossary_has_its_word_wherever_it_stands(string language)
    {
        var check = Check(language);
        TestContext.Current.TestOutputHelper?.WriteLine($"{language}: {check.TermUses} uses of {English.GetProperty("glossary").EnumerateObject().Count()} terms");
        Assert.True(check.TermUses > 3000, $"{check.TermUses} uses");
        AssertNone(check.TermsNotUsed());
    }

    [Theory]
    [InlineData("ru", "ui/home", null, "ui/home is missing")]
    [InlineData("ru", "ui/homes", "Дома", "ui/homes is not in the English file")]
    [InlineData("ru", "ui/home", "  ", "ui/home")]
    [InlineData("vi", "ui/home", "All codes", "ui/home: All codes")]
    [InlineData("ru", "ui/home", "Все the codes", "ui/home: Все the codes")]
    [InlineData("ru", "ui/conflict.folk", "Нет, клиент", "ui/conflict.folk: {code} in")]
    [InlineData("ru", "ui/searchHint", "Код или слово, например 55 или грейлистинг", "ui/searchHint: 550 in")]
    [InlineData("vi", "ui/sender", "{code}", "ui/sender: {code} in")]
    [InlineData("th", "providers/yahoo-02/sender", "Sender Hub", "providers/yahoo-02/sender: queue in")]
    public void A_fault_is_found_at_its_place(string language, string path, string? text, string fault)
    {
        var faults = Faults(Spoiled(language, path, text)).Except(Faults(Check(language))).ToList();
        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    private static TranslationCheck Check(string language) => new(English, TestData.File($"Languages/{language}.json"));

    private static IEnumerable<string> Faults(TranslationCheck check) =>
        [.. check.MissingOrTooMany(), .. check.Empty(), .. check.LeftInEnglish(), .. check.MostlyLatin(), .. check.LostPlaceholders(), .. check.LostNumbers(), .. check.TermsNotUsed()];

    /// <summary>A language file with one text replaced, or taken out.</summary>
    private static TranslationCheck Spoiled(string language, string path, string? text)
    {
        var file = JsonNode.Parse(TestData.File($"Languages/{language}.json").GetRawText())!;
        var steps = path.Split('/');
        var at = steps[..^1].Aggregate(file, (node, step) => node[step]!).AsObject();
        at.Remove(steps[^1]);
        if (text is not null)
        {
            at.Add(steps[^1], text);
        }

        return new TranslationCheck(English, JsonSerializer.SerializeToElement(file));
    }

    private static void AssertNone(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, $"{all.Count} faults:\n{string.Join('\n', all)}");
    }
}
