using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Parley.Server.Dns;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Dns;

/// <summary>The resolver against BIND on loopback.</summary>
public sealed class BindTests
{
    private const string Zone = """
        $TTL 300
        @ SOA ns hostmaster 1 3600 600 86400 120
        @ NS ns
        ns A 127.0.0.1
        @ MX 10 mx1
        @ MX 20 mx2.example.net.
        mx1 A 192.0.2.1
        mx1 AAAA 2001:db8::1
        www CNAME deeper
        deeper CNAME mx1
        loop CNAME pool
        pool CNAME loop
        null MX 0 .
        empty TXT "nothing to see"
        """;

    [Fact]
    public async Task Answers_absences_aliases_and_large_sets_are_understood()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/named"), "needs BIND (named), to ask a real server");
        using var folder = new TemporaryFolder();
        var large = string.Concat(Enumerable.Range(0, 100).Select(n => $"\nlarge A 198.51.100.{n}"));
        await File.WriteAllTextAsync(folder["zone"], Zone + large + "\n", TestContext.Current.CancellationToken);
        using var named = await Start(folder);
        using var dns = new StubResolver(() => new ResolverSettings { Servers = [named.Address] }, TimeProvider.System);

        Assert.Equal("Mx 10 mx1.bind.test; Mx 20 mx2.example.net", await Ask(dns, "BIND.test", DnsType.Mx));
        Assert.Equal("192.0.2.1", await Ask(dns, "mx1.bind.test", DnsType.A));
        Assert.Equal("2001:db8::1", await Ask(dns, "mx1.bind.test", DnsType.Aaaa));
        Assert.Equal("192.0.2.1", await Ask(dns, "www.bind.test", DnsType.A));
        Assert.Equal("Mx 0 .", await Ask(dns, "null.bind.test", DnsType.Mx));
        Assert.Equal("NoData 120", await Ask(dns, "empty.bind.test", DnsType.Mx));
        Assert.Equal("NoSuchDomain 120", await Ask(dns, "nobody.bind.test", DnsType.A));
        Assert.Equal("Failed", await Ask(dns, "elsewhere.example", DnsType.A));
        Assert.Equal("Failed", await Ask(dns, "loop.bind.test", DnsType.A));
        Assert.Equal(100, (await Ask(dns, "large.bind.test", DnsType.A)).Split("; ").Length);
    }

    private static async Task<string> Ask(StubResolver dns, string name, DnsType type) =>
        await dns.Resolve(name, type, TestContext.Current.CancellationToken) switch
        {
            DnsResult.Answer answer => string.Join("; ", answer.Records.Select(Text).Order(StringComparer.Ordinal)),
            DnsResult.Failed => "Failed",
            var other => $"{other.GetType().Name} {Math.Ceiling(other.Ttl.TotalSeconds)}",
        };

    private static string Text(DnsRecord record) => record switch
    {
        DnsRecord.Mx mx => $"Mx {mx.Preference} {mx.Host}",
        DnsRecord.Address address => address.Value.ToString(),
        _ => "?",
    };

    private static async Task<Named> Start(TemporaryFolder folder)
    {
        var address = FreeAddress();
        await File.WriteAllTextAsync(folder["named.conf"], $$"""
            options {
              directory "{{folder.Path}}"; pid-file none; session-keyfile "{{folder["session.key"]}}";
              listen-on port {{address.Port}} { 127.0.0.1; }; listen-on-v6 { none; };
              recursion no; allow-query { any; };
            };
            controls { };
            zone "bind.test" { type primary; file "{{folder["zone"]}}"; };
            """);
        var named = new Named(address, Process.Start(new ProcessStartInfo("/usr/sbin/named", ["-f", "-c", folder["named.conf"]])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!);
        for (var tries = 0; tries < 100; tries++)
        {
            // It listens before it has read its zones; a failure is kept by the resolver that heard it.
            using var probe = new StubResolver(() => new ResolverSettings { Servers = [address], Timeout = TimeSpan.FromSeconds(1) }, TimeProvider.System);
            if (await probe.Resolve("ns.bind.test", DnsType.A, TestContext.Current.CancellationToken) is DnsResult.Answer)
            {
                return named;
            }

            await Task.Delay(100);
        }

        named.Dispose();
        throw new TimeoutException("named did not start");
    }

    private static IPEndPoint FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private sealed class Named(IPEndPoint address, Process process) : IDisposable
    {
        public IPEndPoint Address => address;

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
