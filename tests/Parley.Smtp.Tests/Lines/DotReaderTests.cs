using System.Buffers;
using System.Text;
using Parley.Smtp.Lines;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Lines;

public class DotReaderTests
{
    private static (ContentStatus Status, string Content, string Left) Read(IEnumerable<byte[]> pieces)
    {
        var reader = new DotReader();
        var output = new ArrayBufferWriter<byte>();
        var rest = new List<byte>();
        var status = ContentStatus.More;
        foreach (var piece in pieces)
        {
            if (status != ContentStatus.More)
            {
                rest.AddRange(piece);
                continue;
            }

            var input = new ReadOnlySequence<byte>(piece);
            status = reader.Read(ref input, output);
            rest.AddRange(input.ToArray());
        }

        return (status, Encoding.Latin1.GetString(output.WrittenSpan), Encoding.Latin1.GetString([.. rest]));
    }

    private static (ContentStatus Status, string Content, string Left) Read(string text) => Read([Encoding.Latin1.GetBytes(text)]);

    // The rule of RFC 5321 §4.5.2 and §2.3.8 in the plainest words there are.
    private static (ContentStatus Status, string? Content, string? Left) Oracle(string text)
    {
        var content = new StringBuilder();
        while (true)
        {
            var end = text.IndexOf("\r\n", StringComparison.Ordinal);
            var line = end < 0 ? text : text[..end];
            var open = end < 0 && line.EndsWith('\r') ? line[..^1] : line;
            if (open.AsSpan().ContainsAny('\r', '\n'))
            {
                return (ContentStatus.BareLineEnd, null, null);
            }

            if (end < 0)
            {
                return (ContentStatus.More, null, null);
            }

            text = text[(end + 2)..];
            if (line == ".")
            {
                return (ContentStatus.End, content.ToString(), text);
            }

            content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }
    }

    [Fact]
    public void A_line_with_a_dot_alone_ends_the_content_and_what_follows_is_left() =>
        Assert.Equal((ContentStatus.End, "hello\r\n", "QUIT\r\n"), Read("hello\r\n.\r\nQUIT\r\n"));

    [Fact]
    public void A_message_may_be_empty() => Assert.Equal((ContentStatus.End, "", ""), Read(".\r\n"));

    [Fact]
    public void A_stuffed_dot_is_taken_out() =>
        Assert.Equal((ContentStatus.End, ".\r\n..\r\nx.\r\nplain\r\n", ""), Read("..\r\n...\r\nx.\r\n.plain\r\n.\r\n"));

    [Theory]
    [InlineData("x\n.\r\n")]
    [InlineData("x\r.\r\n")]
    [InlineData("x\r\n.\n")]
    [InlineData("x\r\n.\r")]
    [InlineData("x\r\n.\r\0\n")]
    [InlineData("x\r\r\n.\r\n")]
    [InlineData("\n.\n")]
    [InlineData("\r.\r")]
    public void Nothing_but_CRLF_dot_CRLF_ends_the_content(string text) => Assert.NotEqual(ContentStatus.End, Read(text).Status);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void However_the_octets_are_cut_the_reader_does_as_the_rule_says() => Fuzzing.Run((random, _) =>
    {
        var octets = Fuzzing.Mutate(random, "Subject: x\r\n\r\n..dots\r\n...\r\ntext\r\n.\r\nQUIT\r\n"u8);
        var read = Read(Fuzzing.Pieces(random, octets));
        var rule = Oracle(Encoding.Latin1.GetString(octets));
        Assert.Equal(rule.Status, read.Status);
        if (rule.Status == ContentStatus.End)
        {
            Assert.Equal((rule.Content, rule.Left), (read.Content, read.Left));
        }
    });
}
