using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class StrictBase64Tests
{
    private static readonly Regex Grammar = new(
        @"\A(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\z", RegexOptions.CultureInvariant);

    // RFC 4648 §10.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "Zg==")]
    [InlineData("fo", "Zm8=")]
    [InlineData("foo", "Zm9v")]
    [InlineData("foob", "Zm9vYg==")]
    [InlineData("fooba", "Zm9vYmE=")]
    [InlineData("foobar", "Zm9vYmFy")]
    public void The_vectors_of_RFC_4648_are_read_and_written(string plain, string encoded)
    {
        Assert.True(StrictBase64.TryDecode(Encoding.ASCII.GetBytes(encoded), out var octets));
        Assert.Equal(plain, Encoding.ASCII.GetString(octets));
        Assert.Equal(encoded, StrictBase64.Encode(octets));
    }

    [Theory]
    [InlineData("Zm9v Zg==")]
    [InlineData("Zm9vZg==\r\n")]
    [InlineData(" Zm9v")]
    [InlineData("Zm9v\n")]
    [InlineData("Zg=\t=")]
    [InlineData("Zg")]
    [InlineData("Zg=")]
    [InlineData("Zg===")]
    [InlineData("Zg==Zg==")]
    [InlineData("Z===")]
    [InlineData("====")]
    [InlineData("=")]
    [InlineData("Zm9-")]
    [InlineData("Zm9_")]
    [InlineData("Zm9\0")]
    [InlineData("Zh==")]
    [InlineData("Zm9=")]
    public void Anything_else_is_refused(string text) =>
        Assert.False(StrictBase64.TryDecode(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll<byte[]>(octets =>
            StrictBase64.TryDecode(Encoding.ASCII.GetBytes(StrictBase64.Encode(octets)), out var back)
            && back.AsSpan().SequenceEqual(octets)).QuickCheckThrowOnFailure();

    [Fact]
    public void Exactly_the_grammar_is_accepted()
    {
        // A small alphabet, so that padding, white space and good letters meet often.
        var line = Gen.Elements('A', 'Q', 'z', '9', '+', '/', '=', '=', ' ', '\r', '\n', '-', '\0', 'é')
            .ArrayOf().Select(letters => new string(letters));
        Prop.ForAll(line.ToArbitrary(), text =>
        {
            var accepted = StrictBase64.TryDecode(Encoding.Latin1.GetBytes(text), out var octets);

            // One spelling for each sequence of octets: bits that belong to no octet are zero (RFC 4648 §3.5).
            var isCanonical = Grammar.IsMatch(text)
                && Convert.ToBase64String(Convert.FromBase64String(text)).Equals(text, StringComparison.Ordinal);
            return accepted == isCanonical && (!accepted || octets.AsSpan().SequenceEqual(Convert.FromBase64String(text)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
