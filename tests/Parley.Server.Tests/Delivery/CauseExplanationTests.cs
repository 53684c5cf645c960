using Parley.Codes;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

/// <summary>
/// What this server says itself of a message that it could not deliver, explained as `parley queue show`, the console and
/// `parley explain` do it: from the words alone.
/// </summary>
public sealed class CauseExplanationTests
{
    private static readonly Catalogue English = Catalogue.Load();

    public static TheoryData<string, string, string> Causes => new()
    {
        { "no-such-domain", "The domain of the recipient's address does not exist, or no way to it was found.", "sender" },
        { "null-mx", "The domain has declared in DNS that it takes no mail at all.", "sender" },
        { "no-address", "No mail server of this domain has an address that can be reached.", "operator" },
        { "private-address", "No mail server of this domain has an address that can be reached.", "operator" },
        { "loops-back", "DNS leads mail for this domain to the very server that tried to deliver it, and that one does not serve the domain.", "operator" },
        { "dns-failed", "A DNS look-up failed just now.", "operator" },
        { "route-gone", "The sending server is not set up to deliver mail to this address.", "operator" },
        { "route-host-unknown", "The sending server is not set up to deliver mail to this address.", "operator" },
        { "no-connection", "The next server could not be reached.", "operator" },
        { "connection-lost", "The connection broke in the middle of the dialogue.", "client" },
        { "silence", "The next server did not answer in time.", "operator" },
        { "not-smtp", "What the next server sent does not follow SMTP.", "operator" },
        { "reply-too-long", "What the next server sent does not follow SMTP.", "operator" },
        { "early-reply", "What the next server sent does not follow SMTP.", "operator" },
        { "odd-reply", "What the next server sent does not follow SMTP.", "operator" },
        { "tls-not-offered", "Mail to the next server must be encrypted, and no encrypted connection with it could be made.", "operator" },
        { "tls-failed", "Mail to the next server must be encrypted, and no encrypted connection with it could be made.", "operator" },
        { "login-not-offered", "The sending server could not log in at the next server.", "operator" },
        { "no-common-mechanism", "The sending server could not log in at the next server.", "operator" },
        { "login-aborted", "The sending server could not log in at the next server.", "operator" },
        { "too-big", "The message is larger than the server takes.", "sender" },
        { "needs-8bitmime", "The message holds 8-bit or binary content, which the next server does not take.", "sender" },
        { "needs-smtputf8", "An address with letters outside ASCII needs SMTPUTF8, and one of the servers on the way does not offer it.", "sender" },
        { "needs-binarymime", "The message holds 8-bit or binary content, which the next server does not take.", "sender" },
        { "needs-requiretls", "The encryption that somebody demanded could not be had on the way to the next server.", "operator" },
        { "bare-line-end", "A line of the message ends in a lone CR or LF instead of CR LF together.", "client" },
        { "content-unreadable", "The server that holds the message met a fault of its own.", "operator" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void A_cause_of_our_own_is_explained_as_what_it_is(string id, string cause, string whoseMove)
    {
        var why = SendCauses.All.Single(one => one.Id == id);
        Assert.All([why.Text, why.For("mx.example.net [192.0.2.25]:25").Text], text =>
        {
            var found = Assert.Single(Explainer.Explain(English, $"{(why.Code > 0 ? $"{why.Code} " : "")}{why.Status} {text}"));
            Assert.Equal((cause, whoseMove, why.Status.Class == 5 ? "no" : "later"), (found.Cause, found.WhoseMove, found.Retry));
            Assert.Empty(found.Conflicts);
        });
    }

    // An address literal in another form than IPv4 and IPv6 is a typing error, as the code's own explanation says.
    [Fact]
    public void No_cause_is_left_out() =>
        Assert.Equal(SendCauses.All.Select(one => one.Id).Where(static id => id != "unknown-literal").Order(), Causes.Select(static row => row.Data.Item1).Order());
}
