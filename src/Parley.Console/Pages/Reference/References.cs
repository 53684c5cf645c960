using Parley.Codes;

namespace Parley.Console.Pages.Reference;

/// <summary>Small things that the reference pages share.</summary>
internal static class References
{
    /// <summary>The colour of a code by its class.</summary>
    public static string Colour(string codeClass) => codeClass switch
    {
        "success" => "good",
        "intermediate" => "ask",
        "transient" => "wait",
        _ => "bad",
    };

    /// <summary>The same, where only the code is known.</summary>
    public static string ColourOf(string code) => code[0] switch { '2' => "good", '3' => "ask", '4' => "wait", '5' => "bad", _ => "plain" };

    /// <summary>Where a standard speaks of it.</summary>
    public static string Address(Codes.Reference reference) => $"https://www.rfc-editor.org/rfc/rfc{reference.Rfc}#section-{reference.Section}";

    /// <summary>Retry in words; after a success there is nothing to repeat.</summary>
    public static string Retry(Reader reader, Explanation of) =>
        reader.Label(of.Class is "success" or "intermediate" ? "retry.nothing" : $"retry.{of.Retry}");

    /// <summary>The code before or after another in its list; null at the ends.</summary>
    public static string? Neighbour(Catalogue catalogue, string code, int step)
    {
        var list = code.Contains('.', StringComparison.Ordinal) ? catalogue.EnhancedCodes : catalogue.BasicCodes;
        var at = list.ToList().IndexOf(code);
        return at >= 0 && at + step >= 0 && at + step < list.Count ? list[at + step] : null;
    }
}
