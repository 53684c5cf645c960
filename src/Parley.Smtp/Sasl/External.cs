using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>EXTERNAL (RFC 4422 App. A): the client's TLS certificate is the credential; the message is who to act as.</summary>
internal sealed class External : ISaslMechanism
{
    public string Name => "EXTERNAL";

    public bool TakesInitialResponse => true;

    public SaslNeeds Needs => SaslNeeds.ClientCertificate;

    public ISaslExchange Start(SaslContext context) => new Exchange(context);

    public ISaslClient StartClient(SaslClientContext context) => new Client(context);

    private sealed class Exchange(SaslContext context) : SaslExchange
    {
        protected override async ValueTask<SaslStep> NextAsync(
            ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            if (!SaslName.TryReadOptional(response.Span, out var authorizationId))
            {
                return Malformed;
            }

            var claim = new LoginClaim("EXTERNAL", "", authorizationId);
            return context.ClientCertificate is { } certificate
                ? await context.Authenticator.CheckCertificateAsync(claim, certificate, cancellationToken)
                : await context.Authenticator.DecideAsync(claim, proven: false, cancellationToken);
        }
    }

    private sealed class Client(SaslClientContext context) : SaslClient
    {
        protected override SaslClientStep First()
        {
            IsComplete = true;
            return new SaslResponse(Encoding.UTF8.GetBytes(context.AuthorizationId));
        }
    }
}
