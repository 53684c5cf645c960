using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Parley.Server.Accounts;

/// <summary>The public keys that tokens are signed with. They are kept; a token with an unknown key id asks for them anew.</summary>
public interface ITokenKeys
{
    /// <summary>The keys; null when there are none and they cannot be had now.</summary>
    /// <param name="keyId">The key id of the token at hand, or null.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<IReadOnlyCollection<SecurityKey>?> For(string? keyId, CancellationToken cancellation);
}

/// <summary>Keeps a key set, and gets it again when it is old or a key id is missing, but not more than once in a while.</summary>
public abstract class CachedTokenKeys(TimeProvider time) : ITokenKeys, IDisposable
{
    private static readonly TimeSpan Old = TimeSpan.FromHours(12);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim gate = new(1);
    private volatile IReadOnlyCollection<SecurityKey>? keys;
    private long fetchedAt;
    private long triedAt;
    private bool tried;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyCollection<SecurityKey>?> For(string? keyId, CancellationToken cancellation)
    {
        if (IsGood(keyId))
        {
            return keys;
        }

        await gate.WaitAsync(cancellation);
        try
        {
            // Anybody can make up key ids, so the pause bounds what that costs.
            if (!IsGood(keyId) && (!tried || time.GetElapsedTime(triedAt) > Pause))
            {
                tried = true;
                triedAt = time.GetTimestamp();
                if (await Fetch(cancellation) is { } fresh)
                {
                    keys = fresh;
                    fetchedAt = time.GetTimestamp();
                }
            }
        }
        finally
        {
            gate.Release();
        }

        return keys;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gate.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gets the keys; null when they cannot be had now, then the ones at hand stay.</summary>
    protected abstract Task<IReadOnlyCollection<SecurityKey>?> Fetch(CancellationToken cancellation);

    /// <summary>Reads a JSON Web Key Set (RFC 7517 §5); null when it is none.</summary>
    protected static IReadOnlyCollection<SecurityKey>? Parse(byte[] json)
    {
        try
        {
            using (JsonDocument.Parse(json, TokenJson.Options))
            {
                var set = new JsonWebKeySet(System.Text.Encoding.UTF8.GetString(json)) { SkipUnresolvedJsonWebKeys = true };
                return [.. set.GetSigningKeys()];
            }
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private bool IsGood(string? keyId) =>
        keys is { } known
        && time.GetElapsedTime(Interlocked.Read(ref fetchedAt)) < Old
        && (keyId is null || known.Any(key => string.Equals(key.KeyId, keyId, StringComparison.Ordinal)));
}

/// <summary>Keys from a file.</summary>
public sealed class TokenKeysFile(string path, TimeProvider time) : CachedTokenKeys(time)
{
    private const int MaximumLength = 1024 * 1024;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyCollection<SecurityKey>?> Fetch(CancellationToken cancellation)
    {
        try
        {
            return new FileInfo(path).Length > MaximumLength ? null : Parse(await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Keys of an OpenID provider, found through its discovery document (OpenID Connect Discovery 1.0, section 4).</summary>
public sealed class OpenIdKeys(string issuer, HttpClient http, TimeProvider time) : CachedTokenKeys(time)
{
    /// <summary>Where a provider's discovery document is.</summary>
    public static string DiscoveryOf(string issuer) => issuer.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <inheritdoc/>
    protected override async Task<IReadOnlyCollection<SecurityKey>?> Fetch(CancellationToken cancellation)
    {
        try
        {
            var document = await http.GetByteArrayAsync(DiscoveryOf(issuer), cancellation);
            return KeysAddress(document) is { } address ? Parse(await http.GetByteArrayAsync(address, cancellation)) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    // Discovery section 4.3: the document must name the very issuer that it was asked for. Keys fetched without TLS could
    // be anybody's; only loopback may do without it.
    private Uri? KeysAddress(byte[] document)
    {
        using var json = JsonDocument.Parse(document, TokenJson.Options);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && TokenJson.Text(json.RootElement, "issuer") is { } named
            && string.Equals(named.TrimEnd('/'), issuer.TrimEnd('/'), StringComparison.Ordinal)
            && Uri.TryCreate(TokenJson.Text(json.RootElement, "jwks_uri"), UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback)
                ? address
                : null;
    }
}

/// <summary>JSON from outside: shallow, and texts only where texts belong.</summary>
internal static class TokenJson
{
    public static JsonDocumentOptions Options => new() { MaxDepth = 16 };

    public static string? Text(JsonElement value, string name)
    {
        try
        {
            return value.TryGetProperty(name, out var property) && property.ValueKind == JsonValueKind.String
                ? property.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate, or octets that are not UTF-8: the document parses, the text does not.
            return null;
        }
    }
}
