using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// OAUTHBEARER (RFC 7628): a GS2 header with the authorization identity, then pairs of key and value between ^A, among
/// them <c>auth=Bearer TOKEN</c>. A refused token is answered by a challenge with JSON, and only the answer to that by
/// the failure.
/// </summary>
internal sealed class OAuthBearer : ISaslMechanism
{
    public string Name => "OAUTHBEARER";

    public bool TakesInitialResponse => true;

    public SaslNeeds Needs => SaslNeeds.Confidentiality | SaslNeeds.TokenValidator;

    public ISaslExchange Start(SaslContext context) => new Exchange(context);

    public ISaslClient StartClient(SaslClientContext context) => new Client(context);

    private sealed class Exchange(SaslContext context) : BearerExchange(context, "OAUTHBEARER")
    {
        protected override bool TryParse(ReadOnlySpan<byte> message, out string user, out Range token)
        {
            user = "";
            token = default;
            var header = message.IndexOf(BearerToken.Separator);
            if (header < 0 || !TryParseHeader(message[..header], out user))
            {
                return false;
            }

            return BearerToken.TryFind(message, header + 1, out token);
        }

        // RFC 7628 §3.1, RFC 5801 §4: gs2-header = ("n" / "y") "," [ "a=" saslname ] ","; "p=" would need -PLUS.
        private static bool TryParseHeader(ReadOnlySpan<byte> header, out string user)
        {
            user = "";
            if (header.Length < 3 || header[0] is not ((byte)'n' or (byte)'y') || header[1] != ',' || header[^1] != ',')
            {
                return false;
            }

            var identity = header[2..^1];
            return identity.IsEmpty
                || (identity.StartsWith("a="u8) && ScramMessage.TryReadName(identity[2..], out user));
        }
    }

    private sealed class Client(SaslClientContext context) : BearerClient
    {
        // RFC 7628 §3.2.3: a single ^A lets the server end the failed exchange.
        protected override byte[] AfterError => [BearerToken.Separator];

        protected override byte[] Message()
        {
            var name = ScramMessage.WriteName(context.User);
            var host = context.Host is null ? "" : $"host={context.Host}\u0001";
            var port = context.Port is null ? "" : $"port={context.Port}\u0001";
            return
            [
                .. Encoding.UTF8.GetBytes($"n,a={name},\u0001{host}{port}auth=Bearer "),
                .. context.Secret.Octets,
                BearerToken.Separator, BearerToken.Separator,
            ];
        }
    }
}
