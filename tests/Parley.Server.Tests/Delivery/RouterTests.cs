using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Smtp.Addresses;

namespace Parley.Server.Tests.Delivery;

public sealed class RouterTests
{
    private readonly Settings settings = ManagedQueue.Load("""
        { "hostname": "mx.example.org",
          "domains": { "example.org": { "mailboxes": ["alice"] }, "stored.example": { "mailboxes": [] } },
          "routes": [
            { "match": "stored.example", "lmtp": "unix:/run/dovecot/lmtp" },
            { "match": "lists.example", "lmtp": "127.0.0.1:24" },
            { "match": "*.example.net", "smarthost": "relay.example.net:25" },
            { "match": "direct.example.net", "smarthost": "never.example:25" },
            { "match": "*", "smarthost": "out.example:587" }
          ] }
        """);

    [Theory]
    [InlineData("example.org", null)]
    [InlineData("stored.example", "lmtp:unix:/run/dovecot/lmtp")]
    [InlineData("Lists.Example", "lmtp:127.0.0.1:24")]
    [InlineData("direct.example.net", "smtp:relay.example.net:25")]
    [InlineData("example.net", "smtp:out.example:587")]
    [InlineData("elsewhere.example", "smtp:out.example:587")]
    public void The_first_route_that_covers_a_domain_wins_and_a_star_leaves_our_mailboxes_alone(string domain, string? destination) =>
        Assert.Equal(destination, Router.Destination(settings, MailDomain.Parse(domain)!));

    [Fact]
    public void Without_a_route_mail_goes_to_the_exchangers_of_its_domain()
    {
        var bare = settings with { Routes = [] };
        Assert.Equal("elsewhere.example", Router.Destination(bare, MailDomain.Parse("Elsewhere.Example")!));
        Assert.Equal("xn--bcher-kva.example", Router.Destination(bare, MailDomain.Parse("bücher.example")!));
        Assert.Equal("[192.0.2.1]", Router.Destination(bare, MailDomain.Parse("[192.0.2.1]")!));
    }

    [Fact]
    public void Two_users_at_one_smarthost_are_two_destinations()
    {
        var route = settings.Routes[^1] with { User = "a" };
        Assert.Equal("smtp:a@out.example:587", Direction.Of(route).Key);
        Assert.NotEqual(Direction.Of(route).Key, Direction.Of(route with { User = "b" }).Key);
    }

    [Fact]
    public void A_destination_leads_where_the_configuration_of_now_says()
    {
        Assert.IsType<Direction.Lmtp>(Router.Find(settings, "lmtp:127.0.0.1:24"));
        Assert.Null(Router.Find(settings, "smtp:gone.example:25"));
        Assert.Null(Router.Find(settings, "example.org"));
        Assert.IsType<Direction.Smarthost>(Router.Find(settings, "elsewhere.example"));
        Assert.IsType<Direction.Mx>(Router.Find(settings with { Routes = [] }, "elsewhere.example"));
    }
}
