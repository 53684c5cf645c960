using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Parley.Server.Dns;
using Parley.Tests.Shared;

namespace Parley.Server.Tests.Dns;

public sealed class DnsMessageTests
{
    private static readonly byte[] Query = DnsQuery.Create("example.org", DnsType.Mx, edns: true, static span => span.Clear())!.Octets.ToArray();

    [Fact]
    public void Records_at_the_end_of_a_chain_of_aliases_are_found_with_the_least_time_to_live()
    {
        var message = Read(new DnsPacket(Query)
            .Cname("example.org", 300, "Mail.Example.NET")
            .Cname("mail.example.net", 50, "far.example.com")
            .Mx("FAR.example.com", 100, 10, "MX.far.example.com"));
        var chain = message.Follow("example.org", DnsType.Mx)!;
        Assert.Equal("far.example.com", chain.Name);
        Assert.Equal(50u, chain.Ttl);
        Assert.Equal(new DnsRecord.Mx(10, "mx.far.example.com"), Assert.Single(chain.Records));
    }

    [Fact]
    public void Records_of_other_names_and_types_are_not_taken()
    {
        var message = Read(new DnsPacket(Query).Mx("example.com", 100, 1, "evil.example").A("example.org", 5, "192.0.2.1"));
        Assert.Empty(message.Follow("example.org", DnsType.Mx)!.Records);
    }

    [Fact]
    public void Aliases_that_go_in_circles_have_no_end() =>
        Assert.Null(Read(new DnsPacket(Query).Cname("example.org", 5, "b.example").Cname("b.example", 5, "example.org")).Follow("example.org", DnsType.Mx));

    [Fact]
    public void The_lesser_time_of_the_SOA_holds_for_an_absence()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Read(new DnsPacket(Query).Soa("example.org", 3600, 60)).NegativeTtl);
        Assert.Equal(TimeSpan.FromSeconds(30), Read(new DnsPacket(Query).Soa("example.org", 30, 60)).NegativeTtl);
        Assert.Null(Read(new DnsPacket(Query)).NegativeTtl);
    }

    [Fact]
    public void A_null_MX_has_the_root_as_host() =>
        Assert.Equal(new DnsRecord.Mx(0, "."), Assert.Single(Read(new DnsPacket(Query).Mx("example.org", 5, 0, "")).Follow("example.org", DnsType.Mx)!.Records));

    [Fact]
    public void Odd_octets_in_names_are_escaped_and_cannot_pass_for_dots()
    {
        byte[] name = [3, (byte)'a', (byte)'.', 0xC3, 1, (byte)'\\', 0];
        var at = 0;
        Assert.Equal("a\\046\\195.\\092", DnsName.Read(name, ref at));
        Assert.Equal(name.Length, at);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0 })] // to itself
    [InlineData(new byte[] { 1, 65, 0xC0, 0 })] // to its own start
    [InlineData(new byte[] { 0xC0, 2, 0xC0, 0 })] // forward
    [InlineData(new byte[] { 5, 65 })] // cut off
    [InlineData(new byte[] { 0x40, 65, 0 })] // an unknown kind of label
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { })]
    public void A_name_that_goes_in_circles_or_off_the_end_is_refused(byte[] octets)
    {
        var at = 0;
        Assert.Null(DnsName.Read(octets, ref at));
    }

    [Fact]
    public void A_name_over_255_octets_is_refused_however_it_is_compressed()
    {
        var label = new byte[] { 63 }.Concat(Enumerable.Repeat((byte)'a', 63)).ToArray();
        byte[] long255 = [.. label, .. label, .. label, .. label[..1], .. label[1..62], 0];
        long255[192] = 61;
        var at = 0;
        Assert.NotNull(DnsName.Read(long255, ref at));
        byte[] oneMore = [.. long255, 1, (byte)'b', 0xC0, 0];
        at = long255.Length;
        Assert.Null(DnsName.Read(oneMore, ref at));
    }

    [Theory]
    [InlineData("example.org", true)]
    [InlineData(".", true)]
    [InlineData("_dmarc.example.org", true)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("a b.example", false)]
    [InlineData("b\u00fccher.example", false)]
    [InlineData("a\\046.example", false)]
    public void Only_names_that_fit_the_wire_are_written(string name, bool fits)
    {
        Assert.Equal(fits, DnsName.TryWrite(name, new byte[DnsName.MaxOctets], out _));
        Assert.False(DnsName.TryWrite(new string('a', 64) + ".org", new byte[DnsName.MaxOctets], out _));
        Assert.False(DnsName.TryWrite(string.Join('.', Enumerable.Repeat(new string('a', 62), 5)), new byte[DnsName.MaxOctets], out _));
    }

    [Fact]
    public void A_message_that_is_cut_anywhere_is_unreadable()
    {
        var whole = new DnsPacket(Query).Mx("example.org", 5, 10, "mx.example.org").Soa("example.org", 5, 5).ToArray();
        Assert.NotNull(DnsMessage.Read(whole));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(DnsMessage.Read(whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Mutated_messages_end_in_records_or_in_nothing() => Fuzzing.Run((random, _) =>
    {
        var valid = new DnsPacket(Query)
            .Cname("example.org", 5, "b.example")
            .Mx("b.example", 5, 10, "mx.example.org")
            .A("b.example", 5, "192.0.2.1")
            .Aaaa("b.example", 5, "2001:db8::1")
            .Soa("example.org", 5, 5)
            .ToArray();
        var octets = Fuzzing.Mutate(random, valid);
        if (DnsMessage.Read(octets) is { } message)
        {
            foreach (var type in Enum.GetValues<DnsType>())
            {
                Assert.All(message.Follow("example.org", type)?.Records ?? [], record => Assert.True(record is DnsRecord.Mx == (type == DnsType.Mx)));
            }
        }
    });

    [Fact]
    public void Any_octets_end_in_records_or_in_nothing() =>
        Prop.ForAll<byte[]>(octets => DnsMessage.Read([.. Query[..5], 0, 0, 9, 0, 9, 0, 9, .. octets]) is null || octets.Length > 0).QuickCheckThrowOnFailure();

    [Fact]
    public void The_letters_of_the_name_change_their_case_with_the_random_bits()
    {
        var query = DnsQuery.Create("example.org", DnsType.A, edns: false, static span => span.Fill(1))!;
        Assert.Equal("EXAMPLE.ORG", DnsPacket.NameOf(query.Octets.ToArray()));
        Assert.Equal("example.org", DnsPacket.NameOf(Query));
        var reply = new DnsPacket(query.Octets.ToArray()).ToArray();
        Assert.Equal(DnsEcho.Exact, query.Echo(reply));
        reply[13] = (byte)'e';
        Assert.Equal(DnsEcho.OtherCase, query.Echo(reply));
        reply[13] = (byte)'x';
        Assert.Equal(DnsEcho.Foreign, query.Echo(reply));
    }

    private static DnsMessage Read(DnsPacket packet) => DnsMessage.Read(packet.ToArray())!;
}
