using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Smtp.Tests.Sasl;

public class ExternalTests
{
    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
    }

    [Theory]
    [InlineData("=")]
    [InlineData("YWxpY2U=")]
    public void The_certificates_name_logs_in_for_itself(string initialResponse)
    {
        using var certificate = Certificate("alice");
        using var talk = new Talk(
            "EXTERNAL", new TableAuthenticator().Add("alice", "x"), new SaslContextSettings { Certificate = certificate });
        Assert.Equal("alice", talk.Begin(initialResponse));
    }

    [Fact]
    public void An_empty_answer_to_the_empty_challenge_is_enough()
    {
        using var certificate = Certificate("alice");
        using var talk = new Talk(
            "EXTERNAL", new TableAuthenticator().Add("alice", "x"), new SaslContextSettings { Certificate = certificate });
        Assert.Equal("334 ", talk.Begin());
        Assert.Equal("alice", talk.Answer(""));
    }

    [Fact]
    public void Another_identity_is_refused()
    {
        using var certificate = Certificate("alice");
        using var talk = new Talk(
            "EXTERNAL", new TableAuthenticator().Add("alice", "x"), new SaslContextSettings { Certificate = certificate });
        Assert.Equal("InvalidCredentials", talk.SayFirst("bob"));
    }

    [Fact]
    public void Without_a_certificate_nobody_logs_in()
    {
        using var talk = new Talk("EXTERNAL", new TableAuthenticator().Add("alice", "x"));
        Assert.Equal("InvalidCredentials", talk.SayFirst("alice"));
    }
}
