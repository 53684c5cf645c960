using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// LOGIN (never a standard; draft-murchison-sasl-login): the name, then the password, each as an answer to a prompt. The
/// name may come as initial response, as Python's smtplib and others send it.
/// </summary>
internal sealed class Login : ISaslMechanism
{
    public string Name => "LOGIN";

    public bool TakesInitialResponse => true;

    public SaslNeeds Needs => SaslNeeds.Confidentiality;

    public ISaslExchange Start(SaslContext context) => new Exchange(context);

    public ISaslClient StartClient(SaslClientContext context) => new Client(context);

    private sealed class Exchange(SaslContext context) : SaslExchange
    {
        // The prompts are free text, but some devices compare them with these very words.
        private static readonly SaslChallenge AskName = new("Username:"u8.ToArray());
        private static readonly SaslChallenge AskPassword = new("Password:"u8.ToArray());
        private string? user;

        protected override SaslChallenge First() => AskName;

        protected override async ValueTask<SaslStep> NextAsync(
            ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            if (user is null)
            {
                return SaslName.TryRead(response.Span, out user) ? AskPassword : Malformed;
            }

            using var password = Secret.Copy(response.Span);
            var claim = new LoginClaim("LOGIN", user, "");
            return await context.Authenticator.CheckPasswordAsync(claim, password, cancellationToken);
        }
    }

    private sealed class Client(SaslClientContext context) : SaslClient
    {
        private int answered;

        // Without an initial response: servers that hold to "the server speaks first" refuse one.
        public override bool SendsFirst => false;

        protected override SaslClientStep First() => new SaslAbort("LOGIN waits for the server's prompt");

        protected override SaslClientStep Next(ReadOnlySpan<byte> challenge)
        {
            switch (answered++)
            {
                case 0:
                    return new SaslResponse(Encoding.UTF8.GetBytes(context.User));
                case 1:
                    IsComplete = true;
                    return new SaslResponse(context.Secret.Octets.ToArray());
                default:
                    return base.Next(challenge);
            }
        }
    }
}
