using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// SCRAM (RFC 5802; SHA-256: RFC 7677; bindings: RFC 5929, RFC 9266). Both sides prove that they know the password's
/// keys, and neither sends anything that can be used again.
/// </summary>
internal sealed class Scram(ScramHash hash, bool channelBinding) : ISaslMechanism
{
    public string Name => channelBinding ? hash.Mechanism + "-PLUS" : hash.Mechanism;

    public bool TakesInitialResponse => true;

    public SaslNeeds Needs => SaslNeeds.StoredKeys | (channelBinding ? SaslNeeds.ChannelBinding : SaslNeeds.None);

    public ISaslExchange Start(SaslContext context) => new Exchange(this, hash, context);

    public ISaslClient StartClient(SaslClientContext context) => new ScramClient(hash, channelBinding, context);

    /// <summary>The octets that <c>c=</c> must hold for this header, or null when the flag does not fit (RFC 5802 §6).</summary>
    private byte[]? ExpectedBinding(ScramClientFirst first, SaslContext context)
    {
        if (channelBinding)
        {
            return first.Flag == 'p' && context.ChannelBinding(first.BindingType) is { } data
                ? [.. first.Header, .. data]
                : null;
        }

        // RFC 5802 §6: "y" after we offered -PLUS means that someone took it off the list on the way.
        return first.Flag == 'n' || (first.Flag == 'y' && !context.ChannelBindingOffered) ? first.Header : null;
    }

    private sealed class Exchange(Scram mechanism, ScramHash hash, SaslContext context) : SaslExchange
    {
        private ScramClientFirst? first;
        private byte[]? binding;
        private ScramKeys? keys;
        private string nonce = "";
        private byte[] serverFirst = [];
        private SaslOutcome? decided;

        protected override ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            if (decided is not null)
            {
                // RFC 5802 §3: after the server's proof nothing is left to say; on SMTP that is an empty line.
                return new(response.IsEmpty ? decided : Malformed);
            }

            return first is null || keys is null
                ? AnswerFirstAsync(response, cancellationToken)
                : AnswerFinalAsync(first, keys, response, cancellationToken);
        }

        private async ValueTask<SaslStep> AnswerFirstAsync(
            ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            first = ScramClientFirst.TryParse(response.Span);
            if (first is null)
            {
                return Malformed;
            }

            binding = mechanism.ExpectedBinding(first, context);
            var found = await context.Authenticator.FindScramKeysAsync(first.User, hash, cancellationToken);
            if (found.Value is null)
            {
                return Unavailable;
            }

            keys = found.Value;
            nonce = first.Nonce + context.NewNonce();
            var salt = Convert.ToBase64String(keys.Salt);
            serverFirst = ScramMessage.Octets(
                string.Create(CultureInfo.InvariantCulture, $"r={nonce},s={salt},i={keys.Iterations}"));
            return new SaslChallenge(serverFirst);
        }

        private async ValueTask<SaslStep> AnswerFinalAsync(
            ScramClientFirst opening, ScramKeys known, ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
        {
            if (ScramClientFinal.TryParse(response.Span) is not { } final)
            {
                return Malformed;
            }

            var signed = ScramMessage.Join(opening.Bare, serverFirst, final.WithoutProof);
            var proven = IsProven(final, known, signed) & IsBound(final);
            var claim = new LoginClaim(mechanism.Name, opening.User, opening.AuthorizationId);
            var outcome = await context.Authenticator.DecideAsync(claim, proven, cancellationToken);
            if (outcome is not SaslSuccess)
            {
                return outcome;
            }

            decided = outcome;
            var signature = known.Hash.Hmac(known.ServerKey, signed);
            return new SaslChallenge(ScramMessage.Octets("v=" + Convert.ToBase64String(signature)));
        }

        // RFC 5802 §3: ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage); its hash must be StoredKey.
        private bool IsProven(ScramClientFinal final, ScramKeys known, byte[] signed)
        {
            var clientKey = known.Hash.Hmac(known.StoredKey, signed);
            if (final.Proof.Length != clientKey.Length)
            {
                return false;
            }

            for (var i = 0; i < clientKey.Length; i++)
            {
                clientKey[i] ^= final.Proof[i];
            }

            var proven = CryptographicOperations.FixedTimeEquals(known.Hash.Hash(clientKey), known.StoredKey);
            CryptographicOperations.ZeroMemory(clientKey);
            return proven & string.Equals(final.Nonce, nonce, StringComparison.Ordinal);
        }

        private bool IsBound(ScramClientFinal final) =>
            binding is not null && CryptographicOperations.FixedTimeEquals(final.Binding, binding);
    }

    /// <summary>The client's final message (RFC 5802 §7): <c>c=binding,r=nonce[,extensions],p=proof</c>.</summary>
    private sealed record ScramClientFinal(byte[] Binding, string Nonce, byte[] Proof, byte[] WithoutProof)
    {
        public static ScramClientFinal? TryParse(ReadOnlySpan<byte> message)
        {
            var proofAt = message.LastIndexOf(",p="u8);
            if (proofAt < 0)
            {
                return null;
            }

            var rest = message[..proofAt];
            if (!ScramMessage.TryTake(ref rest, (byte)'c', out var binding)
                || !StrictBase64.TryDecode(binding, out var bindingOctets)
                || !ScramMessage.TryTake(ref rest, (byte)'r', out var nonce)
                || nonce.IsEmpty
                || !ScramMessage.AreExtensions(rest)
                || !StrictBase64.TryDecode(message[(proofAt + 3)..], out var proof))
            {
                return null;
            }

            return new(bindingOctets, Encoding.Latin1.GetString(nonce), proof, message[..proofAt].ToArray());
        }
    }
}
