using System.Buffers;
using System.Globalization;
using Parley.Server.Mime;

namespace Parley.Console.Pages.Parts;

/// <summary>Small texts that several pages write in the same way.</summary>
internal static class Texts
{
    // Embeddings, overrides and isolates (Unicode Bidirectional Algorithm, UAX 9).
    private static readonly SearchValues<char> Turning = SearchValues.Create("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    /// <summary>A number of octets for people: 812 B, 4.2 kB, 31 MB.</summary>
    public static string Size(long octets) => octets switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{octets} B"),
        < 1000 * 1000 => Scaled(octets / 1e3, "kB"),
        < 1000L * 1000 * 1000 => Scaled(octets / 1e6, "MB"),
        _ => Scaled(octets / 1e9, "GB"),
    };

    /// <summary>
    /// One line of somebody else's, without the characters that turn the direction of writing: with them "gpj.exe"
    /// reads "exe.jpg". They are shown as what they are, something odd.
    /// </summary>
    public static string Line(string text) => text.AsSpan().IndexOfAny(Turning) < 0
        ? text
        : string.Concat(text.Select(c => Turning.Contains(c) ? '\ufffd' : c));

    /// <summary>The envelope's sender, in a word where there is none.</summary>
    public static string Sender(string address) => address.Length == 0 ? "<> (null sender)" : address;

    /// <summary>How many of something.</summary>
    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    /// <summary>The class of a reply by its first digit, for its colour.</summary>
    public static string ReplyClass(string? reply) => reply is { Length: > 0 } ? reply[0] switch
    {
        '2' => "good",
        '3' => "ask",
        '4' => "wait",
        '5' => "bad",
        _ => "plain",
    } : "plain";

    /// <summary>What is left out of a message, in a sentence.</summary>
    public static string Cut(MimeCut cut) => cut switch
    {
        MimeCut.Header => "It has more header fields than are shown.",
        MimeCut.Depth => "Its parts are nested deeper than is shown; the innermost are listed as files.",
        MimeCut.Parts => "It has more parts than are listed.",
        MimeCut.Body => "Its text is longer than 1 MiB; the end is left out.",
        _ => "It names a charset that is not known here; its text is a guess.",
    };

    private static string Scaled(double value, string unit) =>
        value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + unit;
}
