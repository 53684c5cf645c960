using System.Buffers;
using System.Text;
using Parley.Smtp.Lines;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Lines;

public class LineReaderTests
{
    private static List<string> ReadAll(int limit, IEnumerable<byte[]> pieces)
    {
        var reader = new LineReader(limit);
        var found = new List<string>();
        var rest = Array.Empty<byte>();
        foreach (var piece in pieces)
        {
            var input = rest.Length == 0 ? Segment.Join([piece]) : Segment.Join([rest, piece]);
            while (true)
            {
                var status = reader.Read(ref input, out var line);
                if (status == LineStatus.Incomplete)
                {
                    break;
                }

                found.Add(status == LineStatus.Line ? Encoding.Latin1.GetString(line.Octets.Span) : status.ToString());
                if (status == LineStatus.BareLineEnd)
                {
                    return found;
                }
            }

            rest = input.ToArray();
            Assert.True(rest.Length < limit, "a reader holds back no more than a line");
        }

        return found;
    }

    private static List<string> ReadAll(int limit, string text) => ReadAll(limit, [Encoding.Latin1.GetBytes(text)]);

    [Fact]
    public void A_line_ends_in_CRLF() => Assert.Equal(["NOOP", "", "QUIT"], ReadAll(512, "NOOP\r\n\r\nQUIT\r\nunfinished"));

    [Theory]
    [InlineData("NOOP\nQUIT\r\n")]
    [InlineData("NO\rOP\r\n")]
    [InlineData("NOOP\r\r\n")]
    [InlineData("\n")]
    public void A_CR_or_LF_alone_is_a_fault(string text) => Assert.Equal([nameof(LineStatus.BareLineEnd)], ReadAll(512, text));

    [Fact]
    public void A_line_of_the_limit_is_taken_and_one_octet_more_is_not()
    {
        Assert.Equal([new string('x', 510)], ReadAll(512, new string('x', 510) + "\r\n"));
        Assert.Equal([nameof(LineStatus.TooLong), "NOOP"], ReadAll(512, new string('x', 511) + "\r\nNOOP\r\n"));
    }

    [Fact]
    public void A_long_line_is_thrown_away_up_to_its_CRLF_and_no_further() =>
        Assert.Equal([nameof(LineStatus.TooLong), "NOOP"], ReadAll(20, new string('x', 5000) + "\n\r more\r\nNOOP\r\n"));

    [Fact]
    public void A_CR_at_the_end_of_what_came_waits_for_its_LF() =>
        Assert.Equal(["NOOP", "QUIT"], ReadAll(512, ["NOOP\r"u8.ToArray(), "\nQUIT\r"u8.ToArray(), "\n"u8.ToArray()]));

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void However_the_octets_are_cut_the_lines_are_the_same() => Fuzzing.Run((random, _) =>
    {
        var octets = Fuzzing.Mutate(random, "EHLO client.example.org\r\nMAIL FROM:<a@b.example> SIZE=12\r\nRCPT TO:<c@d.example>\r\nDATA\r\nNOOP\r\nQUIT\r\n"u8);
        var whole = ReadAll(30, [octets]);
        Assert.Equal(whole, ReadAll(30, Fuzzing.Pieces(random, octets)));
        Assert.DoesNotContain(whole, line => line.AsSpan().ContainsAny('\r', '\n'));
    });
}
