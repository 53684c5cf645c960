using System.Security.Cryptography;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// CRAM-MD5 (RFC 2195): the server's challenge, then name, space and HMAC-MD5 of the challenge in hexadecimal. It needs
/// the secret readable on the server, so only accounts that opted in have one.
/// </summary>
internal sealed class CramMd5 : ISaslMechanism
{
    public string Name => "CRAM-MD5";

    public bool TakesInitialResponse => false;

    public SaslNeeds Needs => SaslNeeds.ReadableSecrets;

    public ISaslExchange Start(SaslContext context) => new Exchange(context);

    public ISaslClient StartClient(SaslClientContext context) => new Client(context);

    private static byte[] Hmac(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> challenge) =>
        HMACMD5.HashData(secret, challenge);

    private sealed class Exchange : SaslExchange
    {
        private readonly SaslContext context;
        private readonly byte[] challenge;

        public Exchange(SaslContext context)
        {
            this.context = context;

            // RFC 2195 §2: random digits, a time stamp and the server's name, in the form of a message id.
            var seconds = context.Time.GetUtcNow().ToUnixTimeSeconds();
            challenge = Encoding.ASCII.GetBytes($"<{context.NewNonce()}.{seconds}@{context.ServerName}>");
        }

        protected override SaslChallenge First() => new(challenge);

        protected override async ValueTask<SaslStep> NextAsync(
            ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            if (!TryParse(response.Span, out var user, out var digest))
            {
                return Malformed;
            }

            var found = await context.Authenticator.FindSecretAsync(user, cancellationToken);
            if (found.Value is not { } secret)
            {
                return Unavailable;
            }

            using (secret)
            {
                var proven = CryptographicOperations.FixedTimeEquals(Hmac(secret.Octets, challenge), digest);
                var claim = new LoginClaim("CRAM-MD5", user, "");
                return await context.Authenticator.DecideAsync(claim, proven, cancellationToken);
            }
        }

        private static bool TryParse(ReadOnlySpan<byte> message, out string user, out byte[] digest)
        {
            user = "";
            digest = new byte[HMACMD5.HashSizeInBytes];

            // RFC 2195 §2: the name may hold spaces, so the last one counts.
            var space = message.LastIndexOf((byte)' ');
            return space > 0
                && message.Length - space - 1 == digest.Length * 2
                && Convert.FromHexString(message[(space + 1)..], digest, out _, out _) == System.Buffers.OperationStatus.Done
                && SaslName.TryRead(message[..space], out user);
        }
    }

    private sealed class Client(SaslClientContext context) : SaslClient
    {
        public override bool SendsFirst => false;

        protected override SaslClientStep First() => new SaslAbort("CRAM-MD5 waits for the server's challenge");

        protected override SaslClientStep Next(ReadOnlySpan<byte> challenge)
        {
            if (IsComplete)
            {
                return base.Next(challenge);
            }

            IsComplete = true;
            var digest = Convert.ToHexStringLower(Hmac(context.Secret.Octets, challenge));
            return new SaslResponse(Encoding.UTF8.GetBytes($"{context.User} {digest}"));
        }
    }
}
