using Parley.Codes;

namespace Parley;

/// <summary>Plain text for people; colour only where a terminal shows it and nobody asked for none.</summary>
internal static class Screen
{
    public static PlainText Of(Catalogue catalogue, TextWriter output) => new(catalogue, output, Colour(output));

    // https://no-color.org: any value that is not empty.
    private static bool Colour(TextWriter output) =>
        ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
