using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Tests.Dns;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Tests.Delivery;

public sealed class DirectSendingTests
{
    // The words of a recipient's domain without mail servers would send the reader to somebody else's DNS.
    [Fact]
    public async Task A_server_whose_name_has_no_address_is_the_caller_s_to_mend()
    {
        var sending = new DirectSending(new TableDns().Empty("smpt.example.org"), TimeProvider.System);
        var message = new OutgoingMessage(new ReversePath(null), [new OutgoingRecipient(ForwardPath.Parse("bob@example.com")!)], 2);
        var (outcomes, _) = await sending.Send(
            new DirectRoute(new HostPort("smpt.example.org", 25), RouteTls.None, "client.example"), message, "\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var deferred = Assert.IsType<SendOutcome.Deferred>(Assert.Single(outcomes));
        Assert.Equal("smpt.example.org: this server's name has no address; check how it is written, and the DNS", deferred.Why.Text);
    }
}
