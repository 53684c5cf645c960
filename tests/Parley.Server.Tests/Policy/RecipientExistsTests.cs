using Parley.Server.Policy;
using Parley.Server.Tests.Delivery;
using Parley.Smtp.Addresses;

namespace Parley.Server.Tests.Policy;

public sealed class RecipientExistsTests
{
    [Theory]
    [InlineData("mx.example.org", "example.org")]
    [InlineData("example.org", "example.org")]
    [InlineData("mx.deep.example.org", "deep.example.org")]
    [InlineData("MX.Example.ORG", "example.org")]
    [InlineData("mx.badexample.org", "all.example")]
    [InlineData("elsewhere.example.com", "all.example")]
    public void The_bare_postmaster_is_that_of_the_domain_nearest_to_the_host_name(string host, string domain)
    {
        var settings = ManagedQueue.Load($$"""{ "hostname": "{{host}}", "domains": { "all.example": {}, "example.org": {}, "deep.example.org": {} } }""");
        Assert.Equal("postmaster@" + domain, RecipientExists.Postmaster(settings)?.ToString());
    }

    [Fact]
    public void Without_a_domain_there_is_no_postmaster() =>
        Assert.Null(RecipientExists.Postmaster(ManagedQueue.Load("""{ "hostname": "relay.example.org", "trustedNetworks": ["127.0.0.0/8"] }""")));
}
