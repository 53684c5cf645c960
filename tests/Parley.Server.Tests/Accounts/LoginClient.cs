using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Server.Listening;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Accounts;

/// <summary>A client that starts TLS and logs in with our own SASL mechanisms.</summary>
internal sealed class LoginClient : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly NetworkStream network;
    private SslStream? tls;
    private StreamReader reader;

    private LoginClient(Socket socket)
    {
        this.socket = socket;
        network = new NetworkStream(socket, ownsSocket: true);
        reader = new StreamReader(network, Encoding.UTF8);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The first reply: the greeting, or what came in its place.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>The mechanisms of the last EHLO.</summary>
    public string Offered { get; private set; } = "";

    public static async Task<LoginClient> Connect(IPEndPoint server, string from = "127.0.0.1", bool implicitTls = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(server, Cancellation);
        var client = new LoginClient(socket);
        if (implicitTls)
        {
            await client.Handshake(SslProtocols.None, null);
        }

        client.Greeting = await client.Reply();
        if (client.Greeting.StartsWith("220 ", StringComparison.Ordinal))
        {
            await client.Hello();
        }

        return client;
    }

    public async Task StartTls(SslProtocols protocol = SslProtocols.None, X509Certificate2? certificate = null)
    {
        await Say("STARTTLS");
        await Handshake(protocol, certificate);
        await Hello();
    }

    private async Task Handshake(SslProtocols protocol, X509Certificate2? certificate)
    {
        tls = new SslStream(network);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocol,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                ClientCertificates = certificate is null ? null : [certificate],
            },
            Cancellation);
        reader = new StreamReader(tls, Encoding.UTF8);
    }

    public async Task<string> Say(string line)
    {
        await (tls ?? (Stream)network).WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), Cancellation);
        return await Reply();
    }

    /// <summary>Logs in; the last reply.</summary>
    public async Task<string> Login(string mechanism, string user, string password, (ChannelBinding Source, string Type)? binding = null)
    {
        using var secret = Secret.FromText(password);
        using var client = SaslMechanisms.Find(mechanism)!.StartClient(new SaslClientContext
        {
            User = user,
            Secret = secret,
            NewNonce = () => SaslNonce.Create(RandomNumberGenerator.Fill),
            ChannelBindingType = binding?.Type,
            ChannelBindingData = binding is { } bound ? bound.Source.FindAtClient(tls!, bound.Type) : null,
        });
        var reply = await Say("AUTH " + mechanism + (client.SendsFirst ? " " + Initial(client) : ""));
        while (reply.StartsWith("334 ", StringComparison.Ordinal))
        {
            var step = client.Step(Convert.FromBase64String(reply[4..]));
            reply = await Say(step is SaslResponse response ? StrictBase64.Encode(response.Data.Span) : "*");
        }

        Assert.True(client.IsComplete || reply[0] != '2');
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        if (tls is not null)
        {
            await tls.DisposeAsync();
        }

        socket.Dispose();
    }

    private static string Initial(ISaslClient client)
    {
        var response = Assert.IsType<SaslResponse>(client.Begin());
        return response.Data.IsEmpty ? "=" : StrictBase64.Encode(response.Data.Span);
    }

    private async Task Hello()
    {
        await (tls ?? (Stream)network).WriteAsync("EHLO client.example.net\r\n"u8.ToArray(), Cancellation);
        Offered = "";
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line[4..].StartsWith("AUTH ", StringComparison.Ordinal))
            {
                Offered = line[9..];
            }

            if (line[3] == ' ')
            {
                return;
            }
        }
    }

    private async Task<string> Reply() => await reader.ReadLineAsync(Cancellation) ?? "(closed)";
}
