using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Parley.Smtp.Sasl;

/// <summary>What OAUTHBEARER and XOAUTH2 share on the server: the token's check, and the JSON after a refusal.</summary>
internal abstract class BearerExchange(SaslContext context, string mechanism) : SaslExchange
{
    private SaslFailure? refusal;

    protected abstract bool TryParse(ReadOnlySpan<byte> message, out string user, out Range token);

    protected override async ValueTask<SaslStep> NextAsync(
        ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (refusal is not null)
        {
            // RFC 7628 §3.2.3: the client's answer to the error only acknowledges it; XOAUTH2 sends an empty line.
            return refusal;
        }

        if (!TryParse(response.Span, out var user, out var token))
        {
            return Refuse(Malformed, "invalid_request");
        }

        using var secret = Secret.Copy(response.Span[token]);
        var claim = new LoginClaim(mechanism, user, "");
        var outcome = await context.Authenticator.CheckTokenAsync(claim, secret, cancellationToken);
        return outcome is SaslFailure { Reason: SaslFailureReason.InvalidCredentials } failure
            ? Refuse(failure, "invalid_token")
            : outcome;
    }

    // RFC 7628 §3.2.2: the error is told in JSON inside a challenge; the failure follows the client's answer.
    private SaslChallenge Refuse(SaslFailure failure, string status)
    {
        refusal = failure;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("status", status);
            if (context.OAuthScope is { } scope)
            {
                json.WriteString("scope", scope);
            }

            if (context.OpenIdConfiguration is { } configuration)
            {
                json.WriteString("openid-configuration", configuration);
            }

            json.WriteEndObject();
        }

        return new SaslChallenge(buffer.ToArray());
    }
}

/// <summary>What OAUTHBEARER and XOAUTH2 share on the client.</summary>
internal abstract class BearerClient : SaslClient
{
    private bool told;

    protected abstract byte[] AfterError { get; }

    protected abstract byte[] Message();

    protected override SaslClientStep First()
    {
        IsComplete = true;
        return new SaslResponse(Message());
    }

    protected override SaslClientStep Next(ReadOnlySpan<byte> challenge)
    {
        if (told)
        {
            return base.Next(challenge);
        }

        told = true;
        IsComplete = false;
        return new SaslResponse(AfterError);
    }
}

/// <summary>The pairs of key and value after the first ^A.</summary>
internal static class BearerToken
{
    /// <summary>^A, the separator of RFC 7628 §3.1.</summary>
    public const byte Separator = 1;

    // RFC 6750 §2.1: b64token, which JWTs keep to as well.
    private static readonly SearchValues<byte> TokenOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="u8);

    /// <summary>Finds the one token among pairs that each end in ^A and as a whole end in one more.</summary>
    public static bool TryFind(ReadOnlySpan<byte> message, int start, out Range token)
    {
        token = default;
        var found = false;
        var at = start;
        while (at < message.Length)
        {
            var length = message[at..].IndexOf(Separator);
            if (length == 0)
            {
                return found && at == message.Length - 1;
            }

            if (length < 0)
            {
                return false;
            }

            var pair = message.Slice(at, length);
            if (pair.StartsWith("auth="u8))
            {
                if (found || !IsBearer(pair[5..]))
                {
                    return false;
                }

                found = true;
                token = (at + 12)..(at + length);
            }
            else if (pair.IndexOf((byte)'=') <= 0)
            {
                return false;
            }

            at += length + 1;
        }

        return false;
    }

    // RFC 7628 §3.1: the value is that of the Authorization header; the scheme's name knows no case.
    private static bool IsBearer(ReadOnlySpan<byte> value) =>
        value.Length > 7
        && Ascii.EqualsIgnoreCase(value[..7], "Bearer "u8)
        && !value[7..].ContainsAnyExcept(TokenOctets);
}
