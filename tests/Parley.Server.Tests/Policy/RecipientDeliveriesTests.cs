using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Policy;
using Parley.Server.Queue;
using Parley.Server.Tests.Delivery;
using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Server.Tests.Policy;

public sealed class RecipientDeliveriesTests
{
    private const string Mx = """
        { "hostname": "mx.example.org",
          "domains": {
            "example.org": { "mailboxes": ["alice", "bob"], "aliases": { "team": ["alice", "carol@example.net"], "away": ["carol@example.net"], "boss": ["bob"] } },
            "routed.example": {}
          },
          "routes": [ { "match": "routed.example", "lmtp": "127.0.0.1:24" } ]
        }
        """;

    [Theory]
    [InlineData("alice@example.org", "alice@example.org rests")]
    [InlineData("alice+news@example.org", "alice@example.org rests")]
    [InlineData("boss@example.org", "bob@example.org rests")]
    [InlineData("away@example.org", "carol@example.net to example.net for rfc822;away@example.org")]
    [InlineData("team@example.org", "alice@example.org rests; carol@example.net to example.net for rfc822;team@example.org")]
    [InlineData("anybody@routed.example", "anybody@routed.example to lmtp:127.0.0.1:24")]
    [InlineData("dave@example.com", "dave@example.com to example.com")]
    [InlineData("nobody@example.org", "")]
    public void Mail_goes_to_every_place_that_an_address_stands_for(string address, string places) =>
        Assert.Equal(places, Places(Mx, address));

    [Fact]
    public void Who_asked_to_hear_of_success_hears_it_through_the_queue() =>
        Assert.Equal("alice@example.org rests; alice@example.org to local:mailboxes notify Success", Places(Mx, "alice@example.org", DsnNotify.Success, ofQueueOnly: true));

    [Fact]
    public void Of_a_list_the_sender_hears_that_it_was_expanded_and_no_success_of_a_member() =>
        Assert.Equal(
            "team@example.org to local:expansion notify Success; alice@example.org rests; carol@example.net to example.net for rfc822;team@example.org notify Failure",
            Places(Mx, "team@example.org", DsnNotify.Success | DsnNotify.Failure, ofQueueOnly: true));

    [Fact]
    public void Of_an_alias_for_one_the_sender_hears_what_becomes_of_that_one() =>
        Assert.Equal(
            "carol@example.net to example.net for rfc822;away@example.org notify Success",
            Places(Mx, "away@example.org", DsnNotify.Success, ofQueueOnly: true));

    [Fact]
    public void With_Maildirs_a_copy_goes_there() =>
        Assert.Equal("alice@example.org rests; alice@example.org to local:mailboxes", Places(Mx.Replace("\"hostname\"", "\"maildir\": \"/tmp/parley-none\", \"hostname\"", StringComparison.Ordinal), "alice@example.org"));

    [Fact]
    public void In_the_catcher_everything_rests() =>
        Assert.Equal("dave@example.com rests", Places("""{ "hostname": "catcher" }""", "dave@example.com"));

    private static string Places(string configuration, string address, DsnNotify notify = DsnNotify.Unspecified, bool ofQueueOnly = false)
    {
        var settings = ManagedQueue.Load(configuration);
        return string.Join("; ", (RecipientDeliveries.Of(settings, Mailbox.Parse(address)!, notify) ?? []).Select(place =>
            place.Address + (place.Destination is null ? " rests" : " to " + place.Destination)
            + (place.OriginalRecipient is { } original ? " for " + original : "")
            + (ofQueueOnly && place.Destination is not null ? " notify " + place.Notify : "")));
    }
}
