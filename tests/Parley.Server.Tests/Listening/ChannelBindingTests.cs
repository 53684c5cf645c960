using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Server.Listening;

namespace Parley.Server.Tests.Listening;

public class ChannelBindingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Both_ends_have_the_same_data_and_each_connection_its_own_exporter(SslProtocols protocol)
    {
        var binding = await ChannelBinding.Probe(Cancellation);
        using var certificate = Certificate(HashAlgorithmName.SHA256);
        await using var one = await TlsPair.Connect(certificate, protocol);
        await using var two = await TlsPair.Connect(certificate, protocol);
        Assert.True(binding.IsAvailable(one.Server));
        foreach (var type in new[] { ChannelBinding.Exporter, ChannelBinding.ServerEndPoint })
        {
            var data = binding.Find(one.Server, type);
            Assert.Equal(binding.FindAtClient(one.Client, type), data);
            Assert.Equal(OperatingSystem.IsLinux() || type == ChannelBinding.ServerEndPoint, data is { Length: 32 });
        }

        if (binding.HasExporter)
        {
            Assert.NotEqual(binding.Find(one.Server, ChannelBinding.Exporter), binding.Find(two.Server, ChannelBinding.Exporter));
        }
    }

    [Fact]
    public async Task The_exporter_works_where_dotnet_uses_OpenSSL_3()
    {
        var binding = await ChannelBinding.Probe(Cancellation);
        Assert.Equal(OperatingSystem.IsLinux() && SafeEvpPKeyHandle.OpenSslVersion >> 28 == 3, binding.HasExporter);
    }

    // RFC 5929 §4.1: the hash of the signature.
    [Theory]
    [InlineData("SHA256", 32)]
    [InlineData("SHA384", 48)]
    [InlineData("SHA512", 64)]
    public async Task The_certificates_hash_is_that_of_its_signature(string hash, int length)
    {
        using var certificate = Certificate(new HashAlgorithmName(hash));
        await using var pair = await TlsPair.Connect(certificate, SslProtocols.Tls12);
        var data = (await ChannelBinding.Probe(Cancellation)).Find(pair.Server, ChannelBinding.ServerEndPoint)!;
        Assert.Equal(length, data.Length);
        Assert.Equal(data, length switch
        {
            32 => SHA256.HashData(certificate.RawData),
            48 => SHA384.HashData(certificate.RawData),
            _ => SHA512.HashData(certificate.RawData),
        });
    }

    [Fact]
    public async Task Other_types_are_not_there()
    {
        using var certificate = Certificate(HashAlgorithmName.SHA256);
        await using var pair = await TlsPair.Connect(certificate, SslProtocols.Tls13);
        Assert.Null((await ChannelBinding.Probe(Cancellation)).Find(pair.Server, "tls-unique"));
    }

    private static X509Certificate2 Certificate(HashAlgorithmName hash)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, hash);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>Both ends of a TLS connection over loopback.</summary>
    private sealed class TlsPair(SslStream server, SslStream client) : IAsyncDisposable
    {
        public SslStream Server => server;

        public SslStream Client => client;

        public static async Task<TlsPair> Connect(X509Certificate2 certificate, SslProtocols protocol)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var near = new TcpClient();
            await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancellation);
            var far = await listener.AcceptTcpClientAsync(Cancellation);
            var server = new SslStream(far.GetStream());
            var client = new SslStream(near.GetStream(), false, (_, _, _, _) => true);
            await Task.WhenAll(
                server.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null),
                        EnabledSslProtocols = protocol,
                    },
                    Cancellation),
                client.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = "localhost" }, Cancellation));
            return new TlsPair(server, client);
        }

        public async ValueTask DisposeAsync()
        {
            await client.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
