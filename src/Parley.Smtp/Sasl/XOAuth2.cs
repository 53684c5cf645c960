using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>XOAUTH2 (Google's and Microsoft's form before RFC 7628): <c>user=NAME ^A auth=Bearer TOKEN ^A ^A</c>.</summary>
internal sealed class XOAuth2 : ISaslMechanism
{
    public string Name => "XOAUTH2";

    public bool TakesInitialResponse => true;

    public SaslNeeds Needs => SaslNeeds.Confidentiality | SaslNeeds.TokenValidator;

    public ISaslExchange Start(SaslContext context) => new Exchange(context);

    public ISaslClient StartClient(SaslClientContext context) => new Client(context);

    private sealed class Exchange(SaslContext context) : BearerExchange(context, "XOAUTH2")
    {
        protected override bool TryParse(ReadOnlySpan<byte> message, out string user, out Range token)
        {
            user = "";
            token = default;
            var end = message.IndexOf(BearerToken.Separator);
            return end >= 0
                && message.StartsWith("user="u8)
                && SaslName.TryRead(message[5..end], out user)
                && BearerToken.TryFind(message, end + 1, out token);
        }
    }

    private sealed class Client(SaslClientContext context) : BearerClient
    {
        // The error challenge is answered by an empty line.
        protected override byte[] AfterError => [];

        protected override byte[] Message() =>
        [
            .. Encoding.UTF8.GetBytes($"user={context.User}\u0001auth=Bearer "),
            .. context.Secret.Octets,
            BearerToken.Separator, BearerToken.Separator,
        ];
    }
}
