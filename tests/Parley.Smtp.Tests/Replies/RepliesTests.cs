using System.Reflection;
using System.Text;

namespace Parley.Smtp.Tests.Replies;

public class RepliesTests
{
    [Fact]
    public void All_lists_every_entry_once()
    {
        var fields = typeof(Parley.Smtp.Replies).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(Reply)).Select(f => (Reply)f.GetValue(null)!).ToList();
        Assert.Equal(fields, Parley.Smtp.Replies.All);
        Assert.Equal(fields.Count, fields.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void An_id_can_stand_in_an_address_of_a_page() =>
        Assert.All(Parley.Smtp.Replies.All, reply => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", reply.Id));

    [Fact]
    public void Every_refusal_carries_an_enhanced_code_of_its_class()
    {
        foreach (var reply in Parley.Smtp.Replies.All)
        {
            // RFC 2034 §4: not on the greeting, EHLO, HELO and 3yz.
            var exempt = reply.Id is "greeting" or "ehlo" or "helo" or "hello-name" || reply.Code.Severity == ReplySeverity.PositiveIntermediate;
            Assert.True(exempt == reply.Enhanced is null, reply.ToString());
            if (reply.Enhanced is { } enhanced)
            {
                Assert.Equal((int)reply.Code.Severity, enhanced.Class);
            }
        }
    }

    [Fact]
    public void A_text_cannot_become_a_line_of_its_own()
    {
        var wire = Encoding.UTF8.GetString(Parley.Smtp.Replies.NoSuchMailbox.WithText("evil\r\n250 2.0.0 ok\0").Wire.Span);
        Assert.Equal("550 5.1.1 evil??250 2.0.0 ok?\r\n", wire);
    }

    [Fact]
    public void A_line_is_never_over_512_octets_and_a_link_is_added_only_where_it_fits()
    {
        var longText = Parley.Smtp.Replies.RelayDenied.WithText(new string('x', 600));
        Assert.Equal(512, longText.Wire.Length);
        Assert.Equal(512, longText.WireWithLink("https://mx.example.org/why").Length);
        var linked = Encoding.ASCII.GetString(Parley.Smtp.Replies.RelayDenied.WireWithLink("https://mx.example.org/why/").Span);
        Assert.EndsWith(" https://mx.example.org/why/relay-denied\r\n", linked, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_challenge_keeps_its_space() =>
        Assert.Equal("334 \r\n"u8.ToArray(), Parley.Smtp.Replies.Challenge.WithText("").Wire.ToArray());
}
