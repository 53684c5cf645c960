using System.Text;
using Parley.Server.Mime;

namespace Parley.Server.Tests.Mime;

public class MessageReaderTests
{
    private const string Mixed = """
        From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>
        Subject: several parts
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="outer b"

        preamble
        --outer b
        Content-Type: multipart/alternative; boundary=inner

        --inner
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Gr=C3=BC=C3=9Fe=
         und mehr =20

        --inner
        Content-Type: text/html; charset=iso-8859-1
        Content-Transfer-Encoding: base64

        PHA+R3L832U8L3A+
        --inner--
        epilogue of the inner
        --outer b
        Content-Type: image/png; name="=?utf-8?Q?Bild_=C3=9F=2Epng?="
        Content-Disposition: attachment
        Content-Transfer-Encoding: base64

        iVBORw0KGgo=
        --outer b
        Content-Type: application/pdf
        Content-Disposition: attachment; filename*0*=UTF-8''d%C3%A9; filename*1="claration.pdf"

        not really
        a pdf
        --outer b--
        epilogue
        """;

    [Fact]
    public async Task Text_html_and_attachments_are_told_apart()
    {
        var message = await Read(Mixed);
        Assert.Equal("Grüße und mehr  \n", message.Text);
        Assert.Equal("<p>Grüße</p>", message.Html);
        Assert.Equal("Jürgen <j@example.org>", message.Header("from"));
        Assert.Equal(
            [(3, "Bild ß.png", "image/png", 8L), (4, "déclaration.pdf", "application/pdf", 17L)],
            message.Attachments.Select(a => (a.Number, a.Name, a.Type, a.Size)));
        Assert.Empty(message.Cuts);
    }

    [Fact]
    public async Task A_part_is_copied_decoded()
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], await Copy(Mixed, 3));
        Assert.Equal("not really\r\na pdf"u8.ToArray(), await Copy(Mixed, 4));
        Assert.Null(await Copy(Mixed, 5));
    }

    [Theory]
    [InlineData("Subject: x\n\nplain\nlines\n", "plain\nlines\n")]
    [InlineData("no header\nat all\n", "no header\nat all\n")]
    [InlineData("Subject: only a header\n", "")]
    [InlineData("Content-Type: nonsense\n\ntext all the same\n", "text all the same\n")]
    [InlineData("Content-Type: text/plain; charset=x-unknown\n\ntext\n", "text\n")]
    [InlineData("Content-Type: multipart/mixed\n\nno boundary\n", null)]
    public async Task A_message_without_parts_is_its_text(string raw, string? text) =>
        Assert.Equal(text, (await Read(raw)).Text);

    [Fact]
    public async Task An_unknown_charset_is_said()
    {
        var message = await Read("Content-Type: text/plain; charset=x-unknown\n\ntext\n");
        Assert.Contains(MimeCut.Charset, message.Cuts);
    }

    [Theory]
    [InlineData("utf-8", "Ünï", "Ünï")]
    [InlineData("US-ASCII", "Ünï", "Ünï")]
    [InlineData("\"UTF-8\"", "Ünï", "Ünï")]
    public async Task Eight_bit_text_is_read_in_its_charset(string charset, string body, string expected) =>
        Assert.Equal(expected + "\n", (await Read($"Content-Type: text/plain; charset={charset}\n\n{body}\n")).Text);

    [Fact]
    public async Task Every_octet_that_a_charset_lacks_becomes_a_replacement()
    {
        var raw = "Content-Type: text/plain; charset=utf-8\r\n\r\na\xff"u8.ToArray();
        raw = [.. raw[..^2], 0xFF];
        Assert.Equal("a\ufffd", (await MessageReader.Read(new MemoryStream(raw), null, CancellationToken.None)).Text);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\\\temp\\\\x.exe", "x.exe")]
    [InlineData("invoice\u202Egpj.exe", "invoicegpj.exe")]
    [InlineData("...", "part-1.bin")]
    [InlineData("a<b>\\\"c\\\".txt", "abc.txt")]
    public async Task File_names_lose_folders_and_tricks(string given, string expected)
    {
        var message = await Read($"Content-Type: application/octet-stream; name=\"{given}\"\n\nx");
        Assert.Equal(expected, Assert.Single(message.Attachments).Name);
    }

    [Fact]
    public async Task An_attached_message_is_a_file_and_is_not_opened()
    {
        var message = await Read("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ntext\n--b--\n");
        Assert.Null(message.Text);
        Assert.Equal(("part-1.eml", "message/rfc822"), message.Attachments.Select(a => (a.Name, a.Type)).Single());
    }

    [Fact]
    public async Task The_parts_of_a_digest_are_messages()
    {
        var message = await Read("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\n--b\n\nSubject: two\n\n--b--\n");
        Assert.Equal(["message/rfc822", "message/rfc822"], message.Attachments.Select(a => a.Type));
    }

    [Fact]
    public async Task An_outer_boundary_ends_what_is_within()
    {
        var message = await Read("Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\ninner\n--o\n\nouter\n--o--\n");
        Assert.Equal("inner\nouter", message.Text);
    }

    [Fact]
    public async Task Ten_thousand_parts_are_listed_up_to_the_limit()
    {
        var raw = new StringBuilder("Content-Type: multipart/mixed; boundary=b\n\n");
        for (var i = 0; i < 10_000; i++)
        {
            raw.Append("--b\nContent-Type: application/x-part\n\nx\n");
        }

        var message = await Read(raw.ToString());
        Assert.Equal(new MimeLimits().Parts, message.Attachments.Count + 1);
        Assert.Contains(MimeCut.Parts, message.Cuts);
    }

    [Fact]
    public async Task A_thousand_multiparts_within_each_other_are_opened_up_to_the_limit()
    {
        var raw = string.Concat(Enumerable.Range(0, 1000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"));
        var message = await Read(raw + "\ntext\n");
        Assert.Contains(MimeCut.Depth, message.Cuts);
    }

    [Fact]
    public async Task A_long_text_is_cut_and_its_length_is_bounded()
    {
        var message = await Read("Subject: x\n\n" + string.Concat(Enumerable.Repeat("ä234567\n", 300_000)));
        Assert.Contains(MimeCut.Body, message.Cuts);
        Assert.InRange(message.Text!.Length, 800_000, 1024 * 1024);
        Assert.DoesNotContain('\ufffd', message.Text);
    }

    [Fact]
    public async Task A_header_section_without_end_is_cut()
    {
        var message = await Read(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"X-{i}: value\n")) + "\nbody\n");
        Assert.Contains(MimeCut.Header, message.Cuts);
        Assert.Equal(new MimeLimits().Fields, message.Headers.Count);
        Assert.Equal("body\n", message.Text);
    }

    [Fact]
    public async Task One_line_of_many_megabytes_needs_no_more_memory_than_what_is_shown()
    {
        var raw = new byte[24 << 20];
        raw.AsSpan().Fill((byte)'x');
        "Content-Type: image/png\r\n\r\n"u8.CopyTo(raw);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = MessageReader.Read(new MemoryStream(raw), null, CancellationToken.None);
        Assert.True(reading.IsCompleted);
        var message = await reading;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(raw.Length - 27, message.Attachments.Single().Size);
    }

    [Fact]
    public async Task Small_images_that_the_html_names_are_kept()
    {
        var message = await Read("Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src=cid:a@b>\n--b\nContent-Type: image/png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n");
        var image = Assert.Single(message.Attachments);
        Assert.Equal(("a@b", 8), (image.ContentId, image.Image.Length));
    }

    [Theory]
    [InlineData("QUJD", "ABC")]
    [InlineData("QU\n JD\n", "ABC")]
    [InlineData("QUI=", "AB")]
    [InlineData("QQ==QUI=", "AAB")]
    [InlineData("QUJ", "AB")]
    [InlineData("*Q?U!J-D", "ABC")]
    [InlineData("Q", "")]
    public async Task Base64_is_read_past_its_faults(string body, string expected) =>
        Assert.Equal(expected, (await Read($"Content-Transfer-Encoding: base64\n\n{body}")).Text);

    [Theory]
    [InlineData("a=3Db", "a=b")]
    [InlineData("soft=\nbreak", "softbreak")]
    [InlineData("soft=  \nbreak", "softbreak")]
    [InlineData("trailing   \nspace", "trailing\nspace")]
    [InlineData("kept  =\n space", "kept   space")]
    [InlineData("bad =XY stays", "bad =XY stays")]
    [InlineData("bad =4 stays", "bad =4 stays")]
    [InlineData("ends in =", "ends in =")]
    [InlineData("lower =c3=a9", "lower é")]
    public async Task Quoted_printable_is_read_past_its_faults(string body, string expected) =>
        Assert.Equal(expected, (await Read($"Content-Transfer-Encoding: quoted-printable\n\n{body}")).Text);

    private static async Task<ReadableMessage> Read(string raw) =>
        await MessageReader.Read(Octets(raw), null, CancellationToken.None);

    private static async Task<byte[]?> Copy(string raw, int number)
    {
        using var output = new MemoryStream();
        return await MessageReader.CopyPart(Octets(raw), number, output, CancellationToken.None) ? output.ToArray() : null;
    }

    private static MemoryStream Octets(string raw) =>
        new(Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")));
}
