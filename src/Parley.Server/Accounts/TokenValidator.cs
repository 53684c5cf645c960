using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Parley.Server.Configuration;
using Parley.Smtp.Sasl;

namespace Parley.Server.Accounts;

/// <summary>What became of a token.</summary>
/// <param name="Standing">Whether it is to be believed.</param>
/// <param name="User">Whom it names; empty unless it is valid.</param>
public sealed record TokenVerdict(TokenStanding Standing, string User)
{
    internal static TokenVerdict Invalid { get; } = new(TokenStanding.Invalid, "");

    internal static TokenVerdict Unavailable { get; } = new(TokenStanding.Unavailable, "");
}

/// <summary>Whether a token is to be believed.</summary>
public enum TokenStanding
{
    /// <summary>Not: forged, expired, for somebody else, or no token at all.</summary>
    Invalid,

    /// <summary>Signed by a known key, in its time, for us.</summary>
    Valid,

    /// <summary>The keys cannot be had now.</summary>
    Unavailable,
}

/// <summary>Checks signed tokens (JWT, RFC 7519; best current practice RFC 8725) of OAUTHBEARER and XOAUTH2.</summary>
public sealed class TokenValidator
{
    // RFC 7515 §2: base64url without padding. The library would also take the other alphabet's + and /, so that one
    // signature had many spellings.
    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private readonly JsonWebTokenHandler handler = new();
    private readonly OAuthSettings settings;
    private readonly ITokenKeys keys;
    private readonly TimeProvider time;

    /// <summary>A validator for the settings' issuer, audience and claim.</summary>
    public TokenValidator(OAuthSettings settings, ITokenKeys keys, TimeProvider time)
    {
        this.settings = settings;
        this.keys = keys;
        this.time = time;
    }

    /// <summary>A validator as the configuration says; null where none is configured.</summary>
    public static TokenValidator? Create(OAuthSettings settings, TimeProvider time)
    {
        if (settings.KeysFile is { } file)
        {
            return new TokenValidator(settings, new TokenKeysFile(file, time), time);
        }

        return settings.Issuer is { } issuer ? new TokenValidator(settings, new OpenIdKeys(issuer, Client(), time), time) : null;
    }

    /// <summary>Checks a token.</summary>
    /// <param name="token">The token as it came.</param>
    /// <param name="cancellation">Ends the wait for keys.</param>
    public async ValueTask<TokenVerdict> Validate(Secret token, CancellationToken cancellation)
    {
        if (!TryRead(token.Octets, out var keyId, out var user))
        {
            return TokenVerdict.Invalid;
        }

        if (await keys.For(keyId, cancellation) is not { } known)
        {
            return TokenVerdict.Unavailable;
        }

        var result = handler.ValidateToken(Encoding.ASCII.GetString(token.Octets), Parameters(known));
        return result.IsValid ? new TokenVerdict(TokenStanding.Valid, user) : TokenVerdict.Invalid;
    }

    // Lives as long as the process or the configuration; its connections close by themselves.
    private static HttpClient Client() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = 1024 * 1024,
    };

    private TokenValidationParameters Parameters(IReadOnlyCollection<SecurityKey> known) => new()
    {
        IssuerSigningKeys = known,
        RequireSignedTokens = true,
        RequireExpirationTime = true,

        // RFC 8725 §3.1: our choice of algorithms, not the token's; with public keys no HMAC can be right.
        ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
        ValidateIssuer = settings.Issuer is not null,
        ValidIssuer = settings.Issuer,
        ValidateAudience = settings.Audience is not null,
        ValidAudience = settings.Audience,
        LifetimeValidator = IsInTime,
    };

    // The library would look at the machine's clock itself.
    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var skew = TimeSpan.FromSeconds(60);
        return expires is { } end && now < end + skew && (notBefore is not { } begin || begin <= now + skew);
    }

    // Three parts, two of them flat JSON: what is nested without end, encrypted or compressed never reaches the library.
    private bool TryRead(ReadOnlySpan<byte> token, out string? keyId, out string user)
    {
        keyId = null;
        user = "";
        if (token.Count((byte)'.') != 2 || token.ContainsAnyExcept(Letters))
        {
            return false;
        }

        var first = token.IndexOf((byte)'.');
        var last = token.LastIndexOf((byte)'.');
        using var header = Parse(token[..first]);
        using var payload = Parse(token[(first + 1)..last]);
        if (header is null || payload is null)
        {
            return false;
        }

        // RFC 7515 §4.1.11: what its issuer calls critical has to be understood, and none of it is; the library looks past it.
        if (header.RootElement.TryGetProperty("crit", out _))
        {
            return false;
        }

        keyId = TokenJson.Text(header.RootElement, "kid");
        user = TokenJson.Text(payload.RootElement, settings.UserClaim) ?? "";

        // An address that the provider itself calls unverified could be anybody's.
        var isUnverified = string.Equals(settings.UserClaim, "email", StringComparison.Ordinal)
            && payload.RootElement.TryGetProperty("email_verified", out var verified)
            && (verified.ValueKind == JsonValueKind.False || TokenJson.Text(payload.RootElement, "email_verified") is "false"); // some write it as a text
        return user.Length > 0 && !isUnverified;
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> encoded)
    {
        try
        {
            var octets = Base64Url.DecodeFromUtf8(encoded);
            if (!Utf8.IsValid(octets))
            {
                return null;
            }

            var document = JsonDocument.Parse(octets, TokenJson.Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }
}
