using System.Security.Cryptography;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class SaslPrepTests
{
    // RFC 4013 §3: its examples.
    [Theory]
    [InlineData("I\u00ADX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00AA", "a")]
    [InlineData("\u2168", "IX")]
    public void The_examples_of_RFC_4013_are_prepared(string text, string expected) => Assert.Equal(expected, Prepare(text));

    [Theory]
    [InlineData("\u0007")]
    [InlineData("\u06271")]
    [InlineData("\u0627a\u0628")]
    [InlineData("a\u007F")]
    [InlineData("\uE000")]
    [InlineData("\uFFFD")]
    [InlineData("\u2028")]
    [InlineData("\U000E0001")]
    [InlineData("\uFDD0")]
    public void Prohibited_characters_and_mixed_directions_are_refused(string text) => Assert.Null(Prepare(text));

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("\u00A0\u3000x", "  x")]
    [InlineData("\u0627\u0628", "\u0627\u0628")]
    [InlineData("\uFF21\uFF11", "A1")]
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("a\u0323\u0307", "ạ\u0307")]
    [InlineData("a\u0307\u0323", "ạ\u0307")]
    [InlineData("pass\U0001F600", "pass\U0001F600")]
    [InlineData("", "")]
    [InlineData("\u00AD", "")]
    public void Equal_looks_get_one_spelling(string text, string expected) => Assert.Equal(expected, Prepare(text));

    [Fact]
    public void Invalid_UTF8_is_refused() => Assert.False(SaslPrep.TryPrepare([0x61, 0xC3], out _));

    [Fact]
    public void More_than_1024_octets_are_refused()
    {
        Assert.True(SaslPrep.TryPrepare(new byte[1024].Select(_ => (byte)'a').ToArray(), out _));
        Assert.False(SaslPrep.TryPrepare(new byte[1025].Select(_ => (byte)'a').ToArray(), out _));
    }

    // The digest was taken from another implementation: NFKC of Unicode 3.2 for every code point, a line each.
    [Fact]
    public void Every_code_point_normalizes_as_Unicode_3_2_says()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var codePoint = 0; codePoint < 0x110000; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                AppendNormalized(digest, codePoint);
            }
        }

        Assert.Equal(
            "c2fceb6c6ffd4acec93df51351d120299c62a66e469fa22ada2a1f5922367b04",
            Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    // As above, for 20,000 runs of six out of letters, marks of several classes, jamo, syllables and ligatures.
    [Fact]
    public void Runs_of_marks_are_ordered_and_composed_as_Unicode_3_2_says()
    {
        int[] pool =
        [
            0x61, 0x65, 0x75, 0x4B, 0x300, 0x301, 0x308, 0x323, 0x327, 0x330, 0x345, 0x5B0, 0x64B, 0x651, 0x1100, 0x1161,
            0x11A8, 0xAC00, 0xAC01, 0x1161, 0x212B, 0xFB01, 0xFDFA, 0x1E9B, 0x1D160, 0x3C9, 0x313, 0x342, 0x0DD9, 0x0DCF,
            0x0DCA, 0x0915, 0x093C, 0x958, 0x2ADC, 0xFF76, 0xFF9E, 0x30AB, 0x3099,
        ];
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long state = 12345;
        var run = new int[6];
        for (var i = 0; i < 20000; i++)
        {
            for (var j = 0; j < run.Length; j++)
            {
                state = ((state * 1103515245) + 12345) & 0x7FFFFFFF;
                run[j] = pool[(int)((state >> 8) % pool.Length)];
            }

            AppendNormalized(digest, run);
        }

        Assert.Equal(
            "050821327b1851294c2d81515efff0e239289f76208b0f8ff50298589697279a",
            Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    private static void AppendNormalized(IncrementalHash digest, params ReadOnlySpan<int> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var codePoint in Nfkc.Normalize(text))
        {
            digest.AppendData(utf8[..new Rune(codePoint).EncodeToUtf8(utf8)]);
        }

        digest.AppendData("\n"u8);
    }

    private static string? Prepare(string text) =>
        SaslPrep.TryPrepare(Encoding.UTF8.GetBytes(text), out var prepared) ? Encoding.UTF8.GetString(prepared) : null;
}
