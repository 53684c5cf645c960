using System.Text;
using Parley.Smtp.Addresses;
using Parley.Tests.Shared;

namespace Parley.Smtp.Tests.Addresses;

public class MailboxTests
{
    [Theory]
    [InlineData("alice@example.org")]
    [InlineData("a.b.c@example.org")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.org")]
    [InlineData("alice@[192.0.2.1]")]
    [InlineData("alice@[IPv6:2001:db8::1]")]
    [InlineData("alice@[IPv6:::ffff:192.0.2.1]")]
    [InlineData("alice@[tag:some-content!]")]
    [InlineData("\"with space\"@example.org")]
    [InlineData("\"\"@example.org")]
    [InlineData("\"a@b\"@example.org")]
    [InlineData("\"back\\\\slash \\\" quote\"@example.org")]
    [InlineData("alice@localhost")]
    [InlineData("alice@1.example")]
    [InlineData("дарья@example.org")]
    [InlineData("alice@bücher.example")]
    [InlineData("用户@例え.テスト")]
    [InlineData("alice@نامه\u200cای.example")]
    public void A_mailbox_of_the_grammar_is_read_and_written_back(string text) => Assert.Equal(text, Mailbox.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("@example.org")]
    [InlineData("alice@")]
    [InlineData("alice@@example.org")]
    [InlineData(".alice@example.org")]
    [InlineData("alice.@example.org")]
    [InlineData("a..b@example.org")]
    [InlineData("al ice@example.org")]
    [InlineData("alice@exam ple.org")]
    [InlineData("alice@example.org.")]
    [InlineData("alice@.example.org")]
    [InlineData("alice@-example.org")]
    [InlineData("alice@example-.org")]
    [InlineData("alice@exam_ple.org")]
    [InlineData("alice@[192.0.2]")]
    [InlineData("alice@[192.0.2.256]")]
    [InlineData("alice@[192.0.2.0x1]")]
    [InlineData("alice@[IPv6:2001:db8::1%eth0]")]
    [InlineData("alice@[IPv6:2001:db8:::1]")]
    [InlineData("alice@[2001:db8::1")]
    [InlineData("alice@[]")]
    [InlineData("\"unclosed@example.org")]
    [InlineData("\"a\"b@example.org")]
    [InlineData("alice@exa\u3002mple.org")]
    [InlineData("ali\rce@example.org")]
    [InlineData("\"a\nb\"@example.org")]
    [InlineData("\"a\0b\"@example.org")]
    [InlineData("al\u0085ice@example.org")]
    [InlineData("alice@exam\u0085ple.org")]
    [InlineData("alice@exam\u009b31mple.org")]
    [InlineData("alice@exam\u2028ple.org")]
    [InlineData("alice@exam\u202eple.org")]
    [InlineData("alice@exam\u00adple.org")]
    [InlineData("alice@exam\u3000ple.org")]
    public void What_is_no_mailbox_is_not_read(string text) => Assert.Null(Mailbox.Parse(text));

    [Fact]
    public void Quotes_around_an_atom_mean_nothing()
    {
        Assert.Equal(Mailbox.Parse("alice@example.org"), Mailbox.Parse("\"alice\"@EXAMPLE.org"));
        Assert.Equal(Mailbox.Parse("alice@example.org"), Mailbox.Parse("\"\\a\\l\\ice\"@example.org"));
    }

    [Fact]
    public void The_local_part_keeps_its_case_and_the_domain_has_none()
    {
        Assert.NotEqual(Mailbox.Parse("Alice@example.org"), Mailbox.Parse("alice@example.org"));
        Assert.Equal(Mailbox.Parse("alice@Bücher.example"), Mailbox.Parse("alice@xn--BCHER-kva.example"));
        Assert.Equal(Mailbox.Parse("alice@BÜCHER.example"), Mailbox.Parse("alice@xn--bcher-kva.example"));
    }

    [Fact]
    public void The_limits_are_64_octets_and_255()
    {
        var longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 63));
        Assert.Equal(255, longest.Length);
        Assert.NotNull(Mailbox.Parse(new string('x', 64) + "@example.org"));
        Assert.Null(Mailbox.Parse(new string('x', 65) + "@example.org"));
        Assert.NotNull(MailDomain.Parse(longest));
        Assert.Null(MailDomain.Parse(longest + "e"));
        Assert.Null(MailDomain.Parse(new string('a', 64) + ".example"));
    }

    [Fact]
    public void An_address_literal_names_its_address()
    {
        Assert.Equal("[192.0.2.1]", AddressLiteral.Of(System.Net.IPAddress.Parse("::ffff:192.0.2.1")).ToString());
        Assert.Equal("[IPv6:2001:db8::1]", AddressLiteral.Of(System.Net.IPAddress.Parse("2001:db8::1")).ToString());
        Assert.Equal("[IPv6:fe80::1]", AddressLiteral.Of(System.Net.IPAddress.Parse("fe80::1%3")).ToString());
    }

    [Fact]
    public void A_source_route_is_read_and_forgotten()
    {
        Assert.Equal(PathFault.None, ForwardPath.TryParse("<@a.example,@[192.0.2.1]:bob@example.org> X"u8, out var path, out var consumed));
        Assert.Equal("bob@example.org", path!.ToString());
        Assert.Equal(41, consumed);
    }

    [Fact]
    public void The_null_sender_and_the_bare_postmaster_are_paths()
    {
        Assert.Equal(PathFault.None, ReversePath.TryParse("<>"u8, out var sender, out _));
        Assert.True(sender!.IsNull);
        Assert.Equal(PathFault.None, ForwardPath.TryParse("<POSTMASTER>"u8, out var recipient, out _));
        Assert.True(recipient!.IsBarePostmaster);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Whatever_is_read_is_written_so_that_it_is_read_again() => Fuzzing.Run((random, _) =>
    {
        var valid = Samples[random.Next(Samples.Length)];
        var octets = Fuzzing.Mutate(random, Encoding.UTF8.GetBytes(valid));
        var fault = ReversePath.TryParse(octets, out var path, out var consumed);
        if (fault != PathFault.None)
        {
            Assert.Null(path);
            return;
        }

        Assert.InRange(consumed, 2, octets.Length);
        var written = path!.ToString();
        Assert.False(written.AsSpan().ContainsAnyInRange('\0', '\u001f'), "an address holds no control character");
        Assert.Equal(path, ReversePath.Parse(written));
    });

    private static readonly string[] Samples =
    [
        "<alice@example.org>",
        "<\"a b\\\"c\"@example.org>",
        "<@relay.example,@other.example:alice@example.org>",
        "<alice@[192.0.2.1]>",
        "<alice@[IPv6:2001:db8::1]>",
        "<дарья@bücher.example>",
        "<>",
        "<first.last+tag@sub.example.org> SIZE=100",
    ];
}
