using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>The client's side of SCRAM.</summary>
internal sealed class ScramClient(ScramHash hash, bool channelBinding, SaslClientContext context) : SaslClient
{
    // A server that asks for more would only spend our time; one that asks for less weakens the password (RFC 7677 §4).
    private const int MaximumIterations = 1_000_000;

    private byte[] header = [];
    private byte[] bare = [];
    private string nonce = "";
    private byte[]? serverSignature;

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(serverSignature);
    }

    protected override SaslClientStep First()
    {
        if (channelBinding && context.ChannelBindingType is null)
        {
            return new SaslAbort("this connection has no channel binding");
        }

        nonce = context.NewNonce();
        var flag = channelBinding ? "p=" + context.ChannelBindingType : "n";
        var identity = context.AuthorizationId.Length == 0 ? "" : "a=" + ScramMessage.WriteName(context.AuthorizationId);
        header = ScramMessage.Octets($"{flag},{identity},");
        bare = ScramMessage.Octets($"n={ScramMessage.WriteName(Prepared(context.User))},r={nonce}");
        return new SaslResponse((byte[])[.. header, .. bare]);
    }

    protected override SaslClientStep Next(ReadOnlySpan<byte> challenge)
    {
        if (IsComplete)
        {
            return base.Next(challenge);
        }

        return serverSignature is null ? AnswerFirst(challenge) : CheckServer(challenge, serverSignature);
    }

    private SaslClientStep AnswerFirst(ReadOnlySpan<byte> challenge)
    {
        var rest = challenge;
        if (!ScramMessage.TryTake(ref rest, (byte)'r', out var fullNonce)
            || !ScramMessage.IsNonce(fullNonce)
            || !ScramMessage.TryTake(ref rest, (byte)'s', out var saltText)
            || !StrictBase64.TryDecode(saltText, out var salt)
            || salt.Length == 0
            || !ScramMessage.TryTake(ref rest, (byte)'i', out var iterationText)
            || !int.TryParse(iterationText, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || !ScramMessage.AreExtensions(rest))
        {
            return new SaslAbort("the server's first message is not SCRAM");
        }

        // RFC 5802 §5: the server's nonce must begin with ours, and add to it.
        if (fullNonce.Length <= nonce.Length || !fullNonce.StartsWith(ScramMessage.Octets(nonce)))
        {
            return new SaslAbort("the server's nonce does not continue ours");
        }

        if (iterations is < ScramKeys.DefaultIterations or > MaximumIterations)
        {
            return new SaslAbort("the server's iteration count is out of range");
        }

        return SaslPrep.TryPrepare(context.Secret.Octets, out var password)
            ? Prove(challenge, Encoding.ASCII.GetString(fullNonce), SaltAndClear(password, salt, iterations))
            : new SaslAbort("SASLprep forbids the password");
    }

    private byte[] SaltAndClear(byte[] password, byte[] salt, int iterations)
    {
        var salted = ScramKeys.SaltPassword(hash, password, salt, iterations);
        CryptographicOperations.ZeroMemory(password);
        return salted;
    }

    private SaslResponse Prove(ReadOnlySpan<byte> serverFirst, string fullNonce, byte[] salted)
    {
        byte[] data = channelBinding ? [.. header, .. context.ChannelBindingData.Span] : header;
        var withoutProof = $"c={Convert.ToBase64String(data)},r={fullNonce}";
        var signed = ScramMessage.Join(bare, serverFirst, ScramMessage.Octets(withoutProof));
        var clientKey = hash.Hmac(salted, "Client Key"u8);
        var proof = hash.Hmac(hash.Hash(clientKey), signed);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        serverSignature = hash.Hmac(hash.Hmac(salted, "Server Key"u8), signed);
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return new SaslResponse(ScramMessage.Octets($"{withoutProof},p={Convert.ToBase64String(proof)}"));
    }

    private SaslClientStep CheckServer(ReadOnlySpan<byte> challenge, byte[] expected)
    {
        var rest = challenge;
        if (!ScramMessage.TryTake(ref rest, (byte)'v', out var text)
            || !StrictBase64.TryDecode(text, out var signature)
            || !ScramMessage.AreExtensions(rest)
            || !CryptographicOperations.FixedTimeEquals(signature, expected))
        {
            return new SaslAbort("the server does not know the password's keys");
        }

        IsComplete = true;
        return SaslResponse.Empty;
    }

    private static string Prepared(string name) =>
        SaslPrep.TryPrepare(Encoding.UTF8.GetBytes(name), out var prepared) ? Encoding.UTF8.GetString(prepared) : name;
}
