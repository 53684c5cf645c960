using System.Text;

namespace Parley.Server.Mime;

/// <summary>Turns octets into text by the name of a charset, and never fails: what cannot be read becomes U+FFFD.</summary>
internal static class Charsets
{
    private const int LongestName = 40;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads text in a named charset; without a name, or with an unknown one, as <see cref="Guess"/> does.</summary>
    /// <param name="octets">The text as it came.</param>
    /// <param name="charset">The name, or null.</param>
    /// <param name="known">False when the name stands for no charset that can be read here.</param>
    public static string Decode(ReadOnlySpan<byte> octets, string? charset, out bool known)
    {
        var encoding = Find(charset, out known);
        return encoding is null ? Guess(octets) : encoding.GetString(octets);
    }

    /// <summary>
    /// Text that names no charset: UTF-8 where it is that, else windows-1252, which is what unlabelled text most often
    /// is and which reads every octet.
    /// </summary>
    public static string Guess(ReadOnlySpan<byte> octets)
    {
        if (Ascii.IsValid(octets))
        {
            return Encoding.ASCII.GetString(octets);
        }

        try
        {
            return StrictUtf8.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            return CodePage(1252).GetString(octets);
        }
    }

    /// <summary>What was cut, without a UTF-8 character that was cut in two: it would make the whole text look like another charset.</summary>
    public static ReadOnlySpan<byte> WithoutHalfCharacter(ReadOnlySpan<byte> octets)
    {
        for (var back = 1; back <= Math.Min(3, octets.Length); back++)
        {
            if (octets[^back] >= 0xC0)
            {
                return octets[..^back];
            }
        }

        return octets;
    }

    // Null means: guess. US-ASCII is guessed too, as senders put it on text of any kind.
    private static Encoding? Find(string? charset, out bool known)
    {
        known = true;
        var name = charset?.Trim().ToLowerInvariant();
        switch (name)
        {
            case null or "" or "us-ascii" or "ascii" or "unknown-8bit":
                return null;
            case "utf-8" or "utf8":
                return Encoding.UTF8;
            case "iso-8859-1" or "latin1":
                // The web reads it so as well: the 32 controls of ISO 8859-1 are never meant.
                return CodePage(1252);
        }

        if (name.Length <= LongestName)
        {
            try
            {
                return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
            }
            catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
            {
                // Falls through: the caller is told, and the text is guessed.
            }
        }

        known = false;
        return null;
    }

    private static Encoding CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number)!;
}
