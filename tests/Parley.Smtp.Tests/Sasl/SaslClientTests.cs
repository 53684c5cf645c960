using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Smtp.Tests.Sasl;

public class SaslClientTests
{
    public static TheoryData<string> Mechanisms => [.. SaslMechanisms.All.Select(mechanism => mechanism.Name)];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void Our_client_logs_in_at_our_server(string mechanism)
    {
        using var certificate = mechanism == "EXTERNAL" ? TestCertificate() : null;
        var accounts = new TableAuthenticator { Token = Talk.Password }.Add(Talk.User, Talk.Password);
        var settings = new SaslContextSettings { BindingType = "tls-exporter", Binding = [7, 7], Certificate = certificate };
        Assert.Equal(Talk.User, Converse(mechanism, accounts, settings, Talk.Password));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void A_wrong_secret_does_not_and_the_client_believes_nothing(string mechanism)
    {
        var accounts = new TableAuthenticator { Token = Talk.Password }.Add(Talk.User, Talk.Password);
        var settings = new SaslContextSettings { BindingType = "tls-exporter", Binding = [7, 7] };
        Assert.Equal("InvalidCredentials", Converse(mechanism, accounts, settings, "open-sesame-2"));
    }

    [Fact]
    public void Names_with_commas_and_other_letters_arrive()
    {
        var accounts = new TableAuthenticator().Add("ä=b,c", "päss");
        Assert.Equal("ä=b,c", Converse("SCRAM-SHA-256", accounts, new(), "päss", "a\u0308=b,c"));
    }

    [Theory]
    [InlineData("r=other,s=QSXCR+Q6sek8bf92,i=4096", "does not continue")]
    [InlineData("r=clientnonce,s=QSXCR+Q6sek8bf92,i=4096", "does not continue")]
    [InlineData("r=clientnonceX,s=QSXCR+Q6sek8bf92,i=4095", "iteration count")]
    [InlineData("r=clientnonceX,s=QSXCR+Q6sek8bf92,i=99999999", "iteration count")]
    [InlineData("r=clientnonceX,s=,i=4096", "not SCRAM")]
    [InlineData("e=other-error", "not SCRAM")]
    [InlineData("", "not SCRAM")]
    public void The_SCRAM_client_gives_up_on_a_server_that_breaks_the_rules(string serverFirst, string why)
    {
        using var client = Client("SCRAM-SHA-256", "pencil", Talk.User);
        client.Begin();
        var abort = Assert.IsType<SaslAbort>(client.Step(Encoding.ASCII.GetBytes(serverFirst)));
        Assert.Contains(why, abort.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_the_keys_is_not_believed()
    {
        using var client = Client("SCRAM-SHA-256", "pencil", Talk.User);
        client.Begin();
        Assert.IsType<SaslResponse>(client.Step("r=clientnonceX,s=QSXCR+Q6sek8bf92,i=4096"u8));
        Assert.False(client.IsComplete);
        Assert.IsType<SaslAbort>(client.Step("v=rULowxyF+GrVsmEh4n+H27rmOQk4PAp2iNkHU74c0MU="u8));
        Assert.False(client.IsComplete);
    }

    [Fact]
    public void The_OAUTHBEARER_client_writes_host_and_port_as_RFC_7628_shows()
    {
        using var secret = Secret.FromText("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        using var client = SaslMechanisms.Find("OAUTHBEARER")!.StartClient(new SaslClientContext
        {
            User = "user@example.com",
            Secret = secret,
            NewNonce = () => "",
            Host = "server.example.com",
            Port = 143,
        });
        var response = Assert.IsType<SaslResponse>(client.Begin());
        Assert.Equal(
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI" +
            "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
            StrictBase64.Encode(response.Data.Span));
    }

    private static ISaslClient Client(string mechanism, string password, string user) =>
        SaslMechanisms.Find(mechanism)!.StartClient(new SaslClientContext
        {
            User = user,
            Secret = Secret.FromText(password),
            NewNonce = () => "clientnonce",
            ChannelBindingType = "tls-exporter",
            ChannelBindingData = new byte[] { 7, 7 },
        });

    private static string Converse(
        string mechanism, TableAuthenticator accounts, SaslContextSettings settings, string password, string user = Talk.User)
    {
        using var server = SaslMechanisms.Find(mechanism)!.Start(Talk.Context(accounts, settings));
        using var client = Client(mechanism, password, user);
        var said = client.SendsFirst ? client.Begin() : client.Step(((SaslChallenge)server.Begin()).Data.Span);
        for (var round = 0; round < 5; round++)
        {
            var response = Assert.IsType<SaslResponse>(said);
            switch (server.StepAsync(response.Data, TestContext.Current.CancellationToken).Result)
            {
                case SaslChallenge challenge:
                    said = client.Step(challenge.Data.Span);
                    break;
                case SaslSuccess success:
                    Assert.True(client.IsComplete);
                    return success.AuthenticationId;
                case SaslFailure failure:
                    return failure.Reason.ToString();
            }
        }

        return "no end";
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 TestCertificate()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            $"CN={Talk.User}", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
    }
}
