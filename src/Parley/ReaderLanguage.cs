using System.CommandLine;
using Parley.Codes;

namespace Parley;

/// <summary>The language of `explain` and `compare`: --lang, else the environment's locale, else English.</summary>
internal static class ReaderLanguage
{
    private const string Fallback = "en";

    // POSIX: the first of these that is set decides.
    private static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    public static Option<string?> Option()
    {
        var option = new Option<string?>("--lang")
        {
            Description = "Language of the answer, such as en; by default that of the environment's locale, else English.",
            HelpName = "LANGUAGE",
        };
        option.Validators.Add(found =>
        {
            var wish = found.GetValueOrDefault<string?>();
            if (wish is not null && Catalogue.ChooseLanguage(wish) is null)
            {
                found.AddError($"there is no language \"{wish}\"; choose one of {string.Join(", ", Catalogue.Languages)}");
            }
        });
        return option;
    }

    public static Catalogue Load(string? wish, Func<string, string?> variable) =>
        Catalogue.Load(Catalogue.ChooseLanguage(wish) ?? Catalogue.ChooseLanguage(Locale(variable)) ?? Fallback);

    private static string? Locale(Func<string, string?> variable) =>
        Variables.Select(variable).FirstOrDefault(v => !string.IsNullOrEmpty(v));
}
