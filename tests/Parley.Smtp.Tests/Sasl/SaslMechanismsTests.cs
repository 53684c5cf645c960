using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class SaslMechanismsTests
{
    [Fact]
    public void They_are_listed_in_this_order() =>
        Assert.Equal(
            "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 OAUTHBEARER XOAUTH2 EXTERNAL PLAIN LOGIN CRAM-MD5",
            string.Join(' ', SaslMechanisms.All.Select(mechanism => mechanism.Name)));

    [Theory]
    [InlineData(SaslNeeds.None, "")]
    [InlineData(SaslNeeds.StoredKeys, "SCRAM-SHA-256 SCRAM-SHA-1")]
    [InlineData(SaslNeeds.Confidentiality | SaslNeeds.StoredKeys, "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN")]
    [InlineData(SaslNeeds.TokenValidator, "")]
    [InlineData(SaslNeeds.ChannelBinding, "")]
    [InlineData(SaslNeeds.Confidentiality | SaslNeeds.TokenValidator, "OAUTHBEARER XOAUTH2 PLAIN LOGIN")]
    [InlineData(
        SaslNeeds.StoredKeys | SaslNeeds.ChannelBinding | SaslNeeds.ClientCertificate | SaslNeeds.ReadableSecrets,
        "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 EXTERNAL CRAM-MD5")]
    public void Only_those_whose_needs_are_met_are_offered(SaslNeeds met, string offered) =>
        Assert.Equal(
            offered, string.Join(' ', SaslMechanisms.Offer(SaslMechanisms.All, met).Select(mechanism => mechanism.Name)));

    [Fact]
    public void A_listeners_own_order_is_kept()
    {
        ISaslMechanism[] own = [SaslMechanisms.Find("LOGIN")!, SaslMechanisms.Find("PLAIN")!];
        Assert.Equal(own, SaslMechanisms.Offer(own, SaslNeeds.Confidentiality));
    }

    [Fact]
    public void An_unknown_name_is_not_found() => Assert.Null(SaslMechanisms.Find("DIGEST-MD5"));

    // RFC 4422 §3.1: 1 to 20 characters out of capitals, digits, hyphen and underscore.
    [Fact]
    public void Names_keep_to_the_rule_for_names() =>
        Assert.All(SaslMechanisms.All, mechanism => Assert.Matches("^[A-Z0-9_-]{1,20}$", mechanism.Name));
}
