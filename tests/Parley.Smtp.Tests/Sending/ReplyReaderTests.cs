using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Parley.Smtp.Sending;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Sending;

public sealed class ReplyReaderTests
{
    [Fact]
    public void Two_replies_in_one_piece_are_read_one_after_the_other()
    {
        var reader = new ReplyReader();
        ReadOnlySpan<byte> input = "250-one\r\n250 two\r\n354 go\r\n22"u8;
        Assert.Equal(ReplyStatus.Reply, reader.Read(ref input, out var first));
        Assert.Equal(["one", "two"], first!.Lines);
        Assert.Equal(ReplyStatus.Reply, reader.Read(ref input, out var second));
        Assert.Equal(354, second!.Code.Value);
        Assert.Equal(ReplyStatus.Incomplete, reader.Read(ref input, out _));
        Assert.True(input.IsEmpty);
    }

    [Fact]
    public void The_last_line_decides_the_code_when_lines_disagree() =>
        Assert.Equal(550, Read("250-well\r\n550 no\r\n").Code.Value);

    [Theory]
    [InlineData("250\r\n", "")]
    [InlineData("250 \r\n", "")]
    [InlineData("250 OK\n", "OK")]
    [InlineData("250 2.1.0 OK\r\n", "OK")]
    [InlineData("250-2.1.0 Well\r\n250 2.1.0 done\r\n", "Well done")]
    [InlineData("250 5.1.0 OK\r\n", "5.1.0 OK")]
    [InlineData("250 a\u001b[31m\0b\u202e\r\n", "a?[31m?b?")]
    public void Texts_are_shown_without_codes_and_without_what_controls_a_terminal(string octets, string text) =>
        Assert.Equal(text, Read(octets).Text);

    [Theory]
    [InlineData("\r\n")]
    [InlineData("25\r\n")]
    [InlineData("2500 OK\r\n")]
    [InlineData("199 OK\r\n")]
    [InlineData("600 OK\r\n")]
    [InlineData("2x0 OK\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("250-OK\r\n\r\n")]
    public void What_is_no_reply_is_told_so(string octets)
    {
        ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes(octets);
        Assert.Equal(ReplyStatus.NotAReply, new ReplyReader().Read(ref input, out _));
    }

    [Fact]
    public void A_long_line_is_cut()
    {
        Assert.Equal(ReplyReader.MaxLineOctets - 4, Read("250 " + new string('a', 10_000) + "\r\n").Lines[0].Length);
        Assert.Equal(9_000, Read("334 " + new string('a', 9_000) + "\r\n").Lines[0].Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void A_reply_of_a_megabyte_is_refused_after_64_KB(int pieces)
    {
        var octets = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("250-" + new string('a', 96) + "\r\n", 10_000)));
        foreach (var endless in new[] { octets, Encoding.ASCII.GetBytes(new string('2', 1_000_000)) })
        {
            var reader = new ReplyReader();
            var status = ReplyStatus.Incomplete;
            var taken = 0;
            while (taken < endless.Length && status == ReplyStatus.Incomplete)
            {
                ReadOnlySpan<byte> piece = endless.AsSpan(taken, Math.Min(pieces, endless.Length - taken));
                taken += piece.Length;
                status = reader.Read(ref piece, out _);
            }

            Assert.Equal(ReplyStatus.TooLong, status);
            Assert.True(taken <= ReplyReader.MaxReplyOctets + pieces);
        }
    }

    [Fact]
    public void Pieces_make_no_difference() => Fuzzing.Run((random, _) =>
    {
        var octets = Fuzzing.Mutate(random, "220 mx\r\n250-mx\r\n250-SIZE 10\n250 DSN\r\n550-5.1.1 no\r\n550 5.1.1 such\r\n421\r\n"u8);
        Assert.Equal(All([octets]), All(Fuzzing.Pieces(random, octets)));
    });

    [Fact]
    public void Any_octets_end_in_replies_or_in_a_fault() => Prop.ForAll<byte[]>(octets => All([octets]).Length < 10 * (octets.Length + 2)).QuickCheckThrowOnFailure();

    private static string All(IEnumerable<byte[]> pieces)
    {
        var reader = new ReplyReader();
        var told = new StringBuilder();
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> input = piece;
            while (!input.IsEmpty)
            {
                var status = reader.Read(ref input, out var reply);
                if (status is ReplyStatus.NotAReply or ReplyStatus.TooLong)
                {
                    return told.Append(status).ToString();
                }

                told.Append(reply?.Code).Append(reply is null ? "" : ";");
            }
        }

        return told.ToString();
    }

    private static PeerReply Read(string octets)
    {
        ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes(octets);
        Assert.Equal(ReplyStatus.Reply, new ReplyReader().Read(ref input, out var reply));
        return reply!;
    }
}
