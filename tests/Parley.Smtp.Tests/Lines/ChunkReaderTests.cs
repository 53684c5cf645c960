using System.Buffers;
using Parley.Smtp.Lines;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Lines;

public class ChunkReaderTests
{
    [Fact]
    public void Exactly_the_announced_octets_are_taken()
    {
        var reader = new ChunkReader(binary: true);
        var output = new ArrayBufferWriter<byte>();
        reader.Begin(5);
        var input = new ReadOnlySequence<byte>("ab\0\n\rNOOP\r\n"u8.ToArray());
        Assert.Equal(ContentStatus.End, reader.Read(ref input, output));
        Assert.Equal("ab\0\n\r"u8.ToArray(), output.WrittenSpan.ToArray());
        Assert.Equal("NOOP\r\n"u8.ToArray(), input.ToArray());
    }

    [Fact]
    public void An_empty_chunk_is_whole_at_once()
    {
        var reader = new ChunkReader(binary: false);
        reader.Begin(0);
        var input = new ReadOnlySequence<byte>("NOOP"u8.ToArray());
        Assert.Equal(ContentStatus.End, reader.Read(ref input, null));
        Assert.Equal(4, input.Length);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("\n")]
    public void A_CR_or_LF_alone_in_text_is_a_fault(string text)
    {
        var reader = new ChunkReader(binary: false);
        var octets = System.Text.Encoding.ASCII.GetBytes(text);
        reader.Begin(octets.Length);
        var input = new ReadOnlySequence<byte>(octets);
        Assert.Equal(ContentStatus.BareLineEnd, reader.Read(ref input, null));
    }

    [Fact]
    public void A_CR_at_the_end_of_a_chunk_waits_for_the_next_one()
    {
        var reader = new ChunkReader(binary: false);
        reader.Begin(2);
        var input = new ReadOnlySequence<byte>("a\r"u8.ToArray());
        Assert.Equal(ContentStatus.End, reader.Read(ref input, null));
        Assert.True(reader.EndsInCr);
        reader.Begin(1);
        input = new ReadOnlySequence<byte>("\n"u8.ToArray());
        Assert.Equal(ContentStatus.End, reader.Read(ref input, null));
        Assert.False(reader.EndsInCr);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void However_the_octets_are_cut_the_chunk_is_the_same() => Fuzzing.Run((random, _) =>
    {
        var octets = Fuzzing.Mutate(random, "Subject: x\r\n\r\ntext\r\nmore text\r\n"u8);
        var binary = random.Next(2) == 0;
        var size = random.Next(octets.Length + 1);
        var text = octets.AsSpan(0, size).ToArray();
        var fault = !binary && HasBareLineEnd(text);

        var reader = new ChunkReader(binary);
        var output = new ArrayBufferWriter<byte>();
        reader.Begin(size);
        var status = size == 0 ? ContentStatus.End : ContentStatus.More;
        var taken = 0;
        foreach (var piece in Fuzzing.Pieces(random, octets))
        {
            if (status != ContentStatus.More)
            {
                break;
            }

            var input = new ReadOnlySequence<byte>(piece);
            status = reader.Read(ref input, output);
            taken += piece.Length - (int)input.Length;
        }

        Assert.Equal(fault ? ContentStatus.BareLineEnd : ContentStatus.End, status);
        if (!fault)
        {
            Assert.Equal(size, taken);
            Assert.Equal(text, output.WrittenSpan.ToArray());
        }
    });

    private static bool HasBareLineEnd(byte[] text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if ((text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] != '\n'))
            {
                return true;
            }
        }

        return false;
    }
}
