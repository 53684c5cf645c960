using System.Text;
using Parley.Server.Mime;

namespace Parley.Server.Tests.Mime;

public class HeaderSectionTests
{
    [Theory]
    [InlineData("Subject: Hello\r\n\r\nbody", "Hello")]
    [InlineData("From: a@example.org\r\nsubject:  two\r\n  lines \r\n\r\n", "two  lines")]
    [InlineData("Subject: one\r\nSubject: two\r\n\r\n", "one")]
    [InlineData("X: y\r\n\r\nSubject: in the body\r\n", "")]
    [InlineData("Subject : obsolete space\r\n\r\n", "obsolete space")]
    [InlineData("Subject:\r\n\r\n", "")]
    [InlineData("no header at all\r\nSubject: not one\r\n", "")]
    [InlineData("Subject: the octets end here", "the octets end here")]
    [InlineData("", "")]
    public void The_subject_is_found_and_unfolded(string head, string expected) =>
        Assert.Equal(expected, HeaderSection.Subject(Encoding.UTF8.GetBytes(head)));

    [Theory]
    [InlineData("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=", "Grüße aus Köln")]
    [InlineData("=?utf-8?B?0J/RgNC40LLQtdGC?=", "Привет")]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a?=\r\n =?ISO-8859-2?Q?_b?=", "a b")]
    [InlineData("=?ISO-8859-1?Q?a_b?=", "a b")]
    [InlineData("Re: =?utf-8?q?caf=C3?= =?utf-8?q?=A9?= now", "Re: café now")]
    [InlineData("=?windows-1251?B?z/Do4uXy?=", "Привет")]
    [InlineData("=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは")]
    [InlineData("=?utf-8*en?Q?tagged?=", "tagged")]
    [InlineData("=?utf-8?B?SGVsbG8?=", "Hello")]
    public void Encoded_words_are_decoded(string raw, string expected) => Assert.Equal(expected, Subject(raw));

    [Theory]
    [InlineData("=?utf-8?X?abc?=")]
    [InlineData("=?utf-8?B?a b?=")]
    [InlineData("=?utf-8?B?!!!!?=")]
    [InlineData("=?utf-8?Q?no end")]
    [InlineData("=?=?=?=?")]
    [InlineData("=??Q?a?=")]
    public void A_malformed_encoded_word_stays_as_it_came(string raw) => Assert.Equal(raw, Subject(raw));

    [Fact]
    public void An_encoded_word_in_an_unknown_charset_is_guessed() =>
        Assert.Equal("é", Subject("=?x-nobody?Q?=C3=A9?="));

    [Fact]
    public void An_encoded_line_end_stays_in_the_line() =>
        Assert.Equal("a Bcc: b", Subject("=?utf-8?Q?a=0D=0ABcc:_b?="));

    [Fact]
    public void Raw_octets_are_utf8_where_they_can_be_and_windows_1252_else()
    {
        Assert.Equal("Ünï", Subject("Ünï"));
        Assert.Equal("Ünï €", HeaderSection.Subject([.. "Subject: "u8, 0xDC, (byte)'n', 0xEF, (byte)' ', 0x80, 0x0D, 0x0A]));
    }

    [Fact]
    public void A_very_long_subject_is_cut_between_characters()
    {
        var subject = Subject("x" + string.Concat(Enumerable.Repeat("🙂", 5000)));
        Assert.Equal(HeaderSection.LongestSubject - 1, subject.Length);
        Assert.EndsWith("🙂", subject, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fields_of_the_loop_guard_and_of_submission_are_counted()
    {
        var head = "Received: a\r\n\tby b\r\nreceived: c\r\nFROM: x\r\nDate: y\r\nMessage-Id: <z>\r\nDates: no\r\n\r\nFrom: body\r\n"u8;
        var counts = HeaderSection.Count(head);
        Assert.Equal((2, 1, 1, 1), (counts.Received, counts.From, counts.Date, counts.MessageId));
        Assert.True(counts.IsWhole);
        Assert.Equal("From: body\r\n", Encoding.ASCII.GetString(head[counts.Octets..]));
    }

    [Fact]
    public void A_section_without_its_end_is_not_whole() =>
        Assert.False(HeaderSection.Count("From: a\r\n"u8).IsWhole);

    private static string Subject(string raw) => HeaderSection.Subject(Encoding.UTF8.GetBytes($"Subject: {raw}\r\n\r\n"));
}
