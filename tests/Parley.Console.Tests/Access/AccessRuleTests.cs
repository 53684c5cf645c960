using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Parley.Console.Access;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Console.Tests.Access;

public class AccessRuleTests
{
    private static readonly Secret Token = Secret.FromText("correct-horse");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void This_machine_is_let_in(string remote) => Assert.Equal(AccessVerdict.Allowed, Decide(remote));

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("10.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData(null)]
    public void Everybody_else_is_not(string? remote) => Assert.Equal(AccessVerdict.LoopbackOnly, Decide(remote));

    [Fact]
    public void What_a_proxy_on_this_machine_passes_on_is_not_of_this_machine()
    {
        Assert.Equal(AccessVerdict.LoopbackOnly, AccessRule.Decide(IPAddress.Loopback, forwarded: true, StringValues.Empty, null));
        Assert.Equal(AccessVerdict.Allowed, AccessRule.Decide(IPAddress.Loopback, forwarded: true, "Bearer correct-horse", Token));
    }

    [Theory]
    [InlineData("Bearer correct-horse", AccessVerdict.Allowed)]
    [InlineData("bearer correct-horse ", AccessVerdict.Allowed)]
    [InlineData("Bearer correct-hors", AccessVerdict.TokenWrong)]
    [InlineData("Bearer correct-horsf", AccessVerdict.TokenWrong)]
    [InlineData("Bearer ", AccessVerdict.TokenWrong)]
    [InlineData("Basic Y29ycmVjdC1ob3JzZQ==", AccessVerdict.TokenMissing)]
    [InlineData("", AccessVerdict.TokenMissing)]
    public void The_token_lets_in_from_anywhere(string authorization, object verdict) =>
        Assert.Equal((AccessVerdict)verdict, Decide("192.0.2.1", authorization, Token));

    [Fact]
    public void A_wrong_token_does_not_fall_back_on_the_address() =>
        Assert.Equal(AccessVerdict.TokenWrong, Decide("127.0.0.1", "Bearer guess", Token));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8025", true)]
    [InlineData("127.0.0.1:8025", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("[::1]:8025", true)]
    [InlineData("mx.example.org", true)]
    [InlineData("MX.example.org.:8025", true)]
    [InlineData("why.example.org", true)]
    [InlineData("192.0.2.5:8025", true)]
    [InlineData("198.51.100.9", true)]
    [InlineData("192.0.2.6", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("example.org", false)]
    [InlineData("", false)]
    public void Only_names_of_ours_are_answered_to(string host, bool allowed)
    {
        var settings = Settings.Load(new SettingsSources
        {
            Text = """{ "hostname": "mx.example.org", "http": { "address": "192.0.2.5:8025" }, "replies": { "explainUrl": "https://why.example.org/why" } }""",
            File = "parley.json",
        }).Settings!;
        Assert.Equal(allowed, HostRule.Allows(new HostString(host), IPAddress.Parse("::ffff:198.51.100.9"), settings));
    }

    private static AccessVerdict Decide(string? remote, string authorization = "", Secret? token = null) =>
        AccessRule.Decide(remote is null ? null : IPAddress.Parse(remote), forwarded: false, authorization, token);
}
