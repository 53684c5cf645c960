using System.Net;
using Parley.Server.Dns;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Dns;

public sealed class SystemFilesTests
{
    [Fact]
    public void The_servers_and_options_of_resolv_conf_are_read()
    {
        var settings = ResolverSettings.Parse("# comment\nsearch example.org\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 \nnameserver nonsense\noptions timeout:2 attempts:3 rotate use-vc\n");
        Assert.Equal(["192.0.2.1:53", "[2001:db8::1]:53"], settings.Servers.Select(s => s.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Timeout);
        Assert.Equal(3, settings.Attempts);
        Assert.True(settings.TcpOnly);
    }

    [Fact]
    public void Bounds_and_defaults_are_those_of_its_manual_page()
    {
        var settings = ResolverSettings.Parse("options timeout:999 attempts:99 timeout:x\n");
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 53), Assert.Single(settings.Servers));
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Timeout);
        Assert.Equal(5, settings.Attempts);
        Assert.Equal(3, ResolverSettings.Parse(string.Concat(Enumerable.Range(1, 9).Select(n => $"nameserver 192.0.2.{n}\n"))).Servers.Count);
    }

    [Fact]
    public void The_hosts_file_answers_before_DNS_and_localhost_is_always_loopback()
    {
        var table = HostTable.Parse("127.0.0.1 localhost\n192.0.2.7\tRelay.Example relay # ours\n2001:db8::7 relay\nnonsense relay\n");
        Assert.Equal(["192.0.2.7"], Addresses(table.Find("relay.example", DnsType.A)));
        Assert.Equal(["2001:db8::7"], Addresses(table.Find("relay", DnsType.Aaaa)));
        Assert.IsType<DnsResult.NoData>(table.Find("relay.example", DnsType.Aaaa));
        Assert.Equal(["::1"], Addresses(table.Find("mail.localhost", DnsType.Aaaa)));
        Assert.Null(table.Find("other.example", DnsType.A));
        Assert.Null(table.Find("relay.example", DnsType.Mx));
    }

    [Fact]
    public void A_file_that_changes_is_read_again_and_a_missing_one_is_empty()
    {
        using var folder = new TemporaryFolder();
        var time = new SteppingTime();
        var file = new WatchedFile<string>(folder["hosts"], static text => text, time);
        Assert.Equal("", file.Value);
        File.WriteAllText(folder["hosts"], "one");
        Assert.Equal("", file.Value);
        time.Seconds += 6;
        Assert.Equal("one", file.Value);
        File.Delete(folder["hosts"]);
        time.Seconds += 6;
        Assert.Equal("", file.Value);
    }

    private static string[] Addresses(DnsResult? result) =>
        [.. Assert.IsType<DnsResult.Answer>(result).Records.Select(r => ((DnsRecord.Address)r).Value.ToString())];

    private sealed class SteppingTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
