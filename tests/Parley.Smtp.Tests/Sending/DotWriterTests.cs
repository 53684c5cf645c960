using System.Buffers;
using System.Text;
using Parley.Smtp.Lines;
using Parley.Smtp.Sending;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Sending;

public sealed class DotWriterTests
{
    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n.\r\n", "..\r\n..\r\n.\r\n")]
    [InlineData("\r\n.\r\n", "\r\n..\r\n.\r\n")]
    [InlineData("a.b\r\n..\r\n", "a.b\r\n...\r\n.\r\n")]
    public void Dots_at_the_start_of_a_line_are_doubled(string content, string wire) =>
        Assert.Equal(wire, Write([Encoding.ASCII.GetBytes(content)]));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\r\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("a\r\n\n.\r\n")]
    public void A_line_end_that_is_not_CR_LF_is_refused(string content)
    {
        Assert.Null(Write([Encoding.ASCII.GetBytes(content)]));
        Assert.Null(Write(content.Select(c => new[] { (byte)c })));
    }

    [Fact]
    public void What_is_written_reads_back_the_same() => Fuzzing.Run((random, _) =>
    {
        var content = Lines(random);
        var wire = Write(Fuzzing.Pieces(random, content));
        var input = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(wire!));
        var read = new ArrayBufferWriter<byte>();
        Assert.Equal(ContentStatus.End, new DotReader().Read(ref input, read));
        Assert.True(input.IsEmpty);
        Assert.Equal(content, read.WrittenSpan.ToArray());
    });

    [Fact]
    public void Nothing_that_is_sent_can_end_the_message_early() => Fuzzing.Run((random, _) =>
    {
        var content = Fuzzing.Mutate(random, Lines(random));
        if (Write(Fuzzing.Pieces(random, content)) is not { } wire)
        {
            return;
        }

        // No reader, however careless about line ends, finds an end before the end.
        foreach (var end in new[] { "\n.\n", "\n.\r", "\r.\r", "\r.\n" })
        {
            var at = wire.IndexOf(end, StringComparison.Ordinal);
            Assert.True(at < 0 || at >= wire.Length - 4, wire);
        }
    });

    private static byte[] Lines(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(6); n > 0; n--)
        {
            text.Append('.', random.Next(3)).Append((char)random.Next(33, 255), random.Next(4)).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static string? Write(IEnumerable<byte[]> pieces)
    {
        var writer = new DotWriter();
        var output = new ArrayBufferWriter<byte>();
        return pieces.All(piece => writer.TryWrite(piece, output)) && writer.TryEnd(output)
            ? Encoding.Latin1.GetString(output.WrittenSpan)
            : null;
    }
}
