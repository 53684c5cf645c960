using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>PLAIN (RFC 4616): authorization identity, NUL, name, NUL, password.</summary>
internal sealed class Plain : ISaslMechanism
{
    public string Name => "PLAIN";

    public bool TakesInitialResponse => true;

    public SaslNeeds Needs => SaslNeeds.Confidentiality;

    public ISaslExchange Start(SaslContext context) => new Exchange(context);

    public ISaslClient StartClient(SaslClientContext context) => new Client(context);

    private sealed class Exchange(SaslContext context) : SaslExchange
    {
        protected override async ValueTask<SaslStep> NextAsync(
            ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            if (!TryParse(response.Span, out var claim, out var passwordStart))
            {
                return Malformed;
            }

            using var password = Secret.Copy(response.Span[passwordStart..]);
            return await context.Authenticator.CheckPasswordAsync(claim, password, cancellationToken);
        }

        private static bool TryParse(ReadOnlySpan<byte> message, out LoginClaim claim, out int passwordStart)
        {
            claim = new LoginClaim("PLAIN", "", "");
            passwordStart = 0;

            // RFC 4616 §2: exactly two NUL; none may stand inside a name or the password.
            if (message.Count((byte)0) != 2)
            {
                return false;
            }

            var first = message.IndexOf((byte)0);
            var second = message.LastIndexOf((byte)0);
            passwordStart = second + 1;
            if (!SaslName.TryReadOptional(message[..first], out var authorizationId)
                || !SaslName.TryRead(message[(first + 1)..second], out var user))
            {
                return false;
            }

            claim = new LoginClaim("PLAIN", user, authorizationId);
            return true;
        }
    }

    private sealed class Client(SaslClientContext context) : SaslClient
    {
        protected override SaslClientStep First()
        {
            IsComplete = true;
            return new SaslResponse(Message());
        }

        private byte[] Message() =>
        [
            .. Encoding.UTF8.GetBytes(context.AuthorizationId), 0,
            .. Encoding.UTF8.GetBytes(context.User), 0,
            .. context.Secret.Octets,
        ];
    }
}
