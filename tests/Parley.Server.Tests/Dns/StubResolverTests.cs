using System.Net;
using Parley.Server.Dns;
using Parley.Server.Tests.Queue;

namespace Parley.Server.Tests.Dns;

public sealed class StubResolverTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);
    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_asked_for_once_while_it_holds()
    {
        await using var server = ScriptedDns.Answering(q => q.Reply().Mx("example.org", 60, 10, "mx.example.org"));
        using var dns = Resolver(server.Address);
        for (var n = 0; n < 3; n++)
        {
            var answer = Assert.IsType<DnsResult.Answer>(await dns.Resolve("Example.ORG.", DnsType.Mx, Cancellation));
            Assert.Equal(new DnsRecord.Mx(10, "mx.example.org"), Assert.Single(answer.Records));
        }

        Assert.Single(server.Asked);
        time.Advance(TimeSpan.FromSeconds(61));
        await dns.Resolve("example.org", DnsType.Mx, Cancellation);
        Assert.Equal(2, server.Asked.Count);
    }

    [Fact]
    public async Task Ids_ports_and_the_case_of_letters_change_with_every_query()
    {
        await using var server = ScriptedDns.Answering(q => q.Reply().Code(3));
        using var dns = Resolver(server.Address);
        for (var n = 0; n < 20; n++)
        {
            Assert.IsType<DnsResult.NoSuchDomain>(await dns.Resolve("averylongname.example.org", DnsType.A, Cancellation));
        }

        Assert.True(server.Asked.Select(q => (q.Octets[0] << 8) | q.Octets[1]).Distinct().Count() > 15);
        Assert.True(server.Asked.Select(q => q.From.Port).Distinct().Count() > 15);
        Assert.True(server.Asked.Select(q => q.Name).Distinct(StringComparer.Ordinal).Count() > 15);
    }

    [Fact]
    public async Task An_absence_is_kept_for_as_long_as_the_SOA_says_and_not_at_all_without_one()
    {
        var withSoa = true;
        await using var server = ScriptedDns.Answering(q => withSoa ? q.Reply().Code(3).Soa("org", 3600, 100) : q.Reply());
        using var dns = Resolver(server.Address);
        Assert.IsType<DnsResult.NoSuchDomain>(await dns.Resolve("a.org", DnsType.Mx, Cancellation));
        time.Advance(TimeSpan.FromSeconds(99));
        Assert.IsType<DnsResult.NoSuchDomain>(await dns.Resolve("a.org", DnsType.Mx, Cancellation));
        Assert.Single(server.Asked);
        time.Advance(TimeSpan.FromSeconds(2));
        withSoa = false;
        Assert.IsType<DnsResult.NoData>(await dns.Resolve("a.org", DnsType.Mx, Cancellation));
        Assert.IsType<DnsResult.NoData>(await dns.Resolve("a.org", DnsType.Mx, Cancellation));
        Assert.Equal(3, server.Asked.Count);
    }

    [Fact]
    public async Task Equal_questions_at_one_time_are_one_query_and_one_who_leaves_does_not_end_it()
    {
        using var go = new ManualResetEventSlim();
        await using var server = ScriptedDns.Answering(q =>
        {
            go.Wait(TimeSpan.FromSeconds(60));
            return q.Reply().A("a.example", 60, "192.0.2.1");
        });
        using var dns = Resolver(server.Address);
        using var impatient = new CancellationTokenSource();
        var left = dns.Resolve("a.example", DnsType.A, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 50).Select(_ => dns.Resolve("a.example", DnsType.A, Cancellation).AsTask()).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        go.Set();
        Assert.All(await Task.WhenAll(others), result => Assert.IsType<DnsResult.Answer>(result));
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task A_truncated_reply_is_asked_for_again_by_TCP()
    {
        await using var server = ScriptedDns.Answering(q => q.Tcp
            ? Enumerable.Range(0, 200).Aggregate(q.Reply(), (reply, n) => reply.A("big.example", 60, $"192.0.2.{n}"))
            : q.Reply().Truncated());
        using var dns = Resolver(server.Address);
        var answer = Assert.IsType<DnsResult.Answer>(await dns.Resolve("big.example", DnsType.A, Cancellation));
        Assert.Equal(200, answer.Records.Count);
        Assert.Equal([false, true], server.Asked.Select(q => q.Tcp));
    }

    [Fact]
    public async Task A_reply_in_other_case_is_not_believed_but_asked_for_by_TCP()
    {
        await using var server = ScriptedDns.Answering(q => q.Tcp
            ? q.Reply().A("abcdefghijklmnop.example", 60, "192.0.2.1")
            : q.Reply().WithQuestion([.. DnsPacket.Name("abcdefghijklmnop.example"), 0, 1, 0, 1]).A("abcdefghijklmnop.example", 60, "203.0.113.66"));
        using var dns = Resolver(server.Address);
        Assert.Equal("192.0.2.1", await Address(dns, "abcdefghijklmnop.example"));
    }

    [Fact]
    public async Task Forged_replies_with_another_id_or_question_are_passed_over()
    {
        await using var server = new ScriptedDns(q =>
        [
            [],
            [1, 2, 3],
            q.Reply().WithId([(byte)~q.Octets[0], q.Octets[1]]).A("a.example", 60, "203.0.113.66").ToArray(),
            q.Reply().WithQuestion([.. DnsPacket.Name("b.example"), 0, 1, 0, 1]).A("a.example", 60, "203.0.113.66").ToArray(),
            q.Octets,
            q.Reply().A("a.example", 60, "192.0.2.1").ToArray(),
        ]);
        using var dns = Resolver(server.Address);
        Assert.Equal("192.0.2.1", await Address(dns, "a.example"));
    }

    [Fact]
    public async Task A_silent_server_is_left_for_the_next_which_is_then_asked_first()
    {
        await using var silent = ScriptedDns.Silent();
        await using var server = ScriptedDns.Answering(q => q.Reply().A(q.Name.ToLowerInvariant(), 60, "192.0.2.1"));
        using var dns = Resolver(Silence, silent.Address, server.Address);
        Assert.Equal("192.0.2.1", await Address(dns, "a.example"));
        Assert.Equal("192.0.2.1", await Address(dns, "b.example"));
        Assert.Single(silent.Asked);
    }

    [Fact]
    public async Task A_lame_a_failing_a_refusing_and_an_absent_server_are_left_for_the_next()
    {
        await using var lame = ScriptedDns.Answering(q => q.Reply().Ns("example", 60, "ns.example"));
        await using var failing = ScriptedDns.Answering(q => q.Reply().Code(2));
        await using var refusing = ScriptedDns.Answering(q => q.Reply().Code(5));
        var absent = new IPEndPoint(IPAddress.Loopback, 1);
        await using var server = ScriptedDns.Answering(q => q.Reply().A("a.example", 60, "192.0.2.1"));
        using var dns = Resolver(lame.Address, failing.Address, refusing.Address, absent, server.Address);
        Assert.Equal("192.0.2.1", await Address(dns, "a.example"));
    }

    [Fact]
    public async Task When_nobody_answers_the_failure_says_who_was_asked_and_is_kept_for_a_moment()
    {
        await using var silent = ScriptedDns.Silent();
        await using var failing = ScriptedDns.Answering(q => q.Reply().Code(2));
        using var dns = Resolver(Silence, silent.Address, failing.Address);
        var failed = Assert.IsType<DnsResult.Failed>(await dns.Resolve("a.example", DnsType.A, Cancellation));
        Assert.Equal($"{silent.Address}: no answer in time; {failing.Address}: it could not find out (SERVFAIL)", failed.Why);
        Assert.Equal(2, silent.Asked.Count);
        await dns.Resolve("a.example", DnsType.A, Cancellation);
        Assert.Equal(2, silent.Asked.Count);
        time.Advance(TimeSpan.FromSeconds(6));
        await dns.Resolve("a.example", DnsType.A, Cancellation);
        Assert.True(silent.Asked.Count > 2);
    }

    [Fact]
    public async Task A_server_that_does_not_know_EDNS_is_asked_without()
    {
        await using var server = ScriptedDns.Answering(q => DnsPacket.HasEdns(q.Octets)
            ? q.Reply().WithQuestion([]).Code(1)
            : q.Reply().A("a.example", 60, "192.0.2.1"));
        using var dns = Resolver(server.Address);
        Assert.Equal("192.0.2.1", await Address(dns, "a.example"));
    }

    [Fact]
    public async Task An_alias_that_the_reply_does_not_follow_is_followed_by_another_query()
    {
        await using var server = ScriptedDns.Answering(q => q.Name.ToLowerInvariant() switch
        {
            "a.example" => q.Reply().Cname("a.example", 5, "b.example"),
            "b.example" => q.Reply().Cname("b.example", 60, "c.example"),
            _ => q.Reply().A("c.example", 60, "192.0.2.1"),
        });
        using var dns = Resolver(server.Address);
        var answer = Assert.IsType<DnsResult.Answer>(await dns.Resolve("a.example", DnsType.A, Cancellation));
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Ttl);
    }

    [Fact]
    public async Task Aliases_that_do_not_end_are_a_failure()
    {
        var n = 0;
        await using var server = ScriptedDns.Answering(q => q.Reply().Cname(q.Name.ToLowerInvariant(), 5, $"n{Interlocked.Increment(ref n)}.example"));
        using var dns = Resolver(server.Address);
        Assert.IsType<DnsResult.Failed>(await dns.Resolve("a.example", DnsType.A, Cancellation));
        Assert.InRange(server.Asked.Count, 1, 20);
    }

    [Fact]
    public async Task Garbage_and_a_TCP_reply_that_is_cut_off_are_no_answers()
    {
        await using var garbage = ScriptedDns.Answering(q => q.Reply().Record(0, "a.example", 1, 60, [1, 2, 3]));
        await using var cut = new ScriptedDns(q => q.Tcp ? [[9, 9]] : [q.Reply().Truncated().ToArray()]);
        using var dns = Resolver(garbage.Address, cut.Address);
        var failed = Assert.IsType<DnsResult.Failed>(await dns.Resolve("a.example", DnsType.A, Cancellation));
        Assert.Contains("its reply cannot be read", failed.Why, StringComparison.Ordinal);
        Assert.Contains("its reply by TCP cannot be read", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_name_is_never_asked_for()
    {
        await using var server = ScriptedDns.Silent();
        using var dns = Resolver(server.Address);
        Assert.IsType<DnsResult.Failed>(await dns.Resolve("a..example", DnsType.A, Cancellation));
        Assert.IsType<DnsResult.Answer>(await dns.Resolve("localhost", DnsType.A, Cancellation));
        Assert.Empty(server.Asked);
    }

    private static async Task<string> Address(StubResolver dns, string name) =>
        ((DnsRecord.Address)Assert.IsType<DnsResult.Answer>(await dns.Resolve(name, DnsType.A, Cancellation)).Records[0]).Value.ToString();

    // Who answers may be late on a busy machine; only silence is waited for.
    private StubResolver Resolver(params IPEndPoint[] servers) => Resolver(TimeSpan.FromSeconds(60), servers);

    private StubResolver Resolver(TimeSpan timeout, params IPEndPoint[] servers)
    {
        var settings = new ResolverSettings { Servers = servers, Timeout = timeout };
        return new StubResolver(() => settings, time);
    }
}
