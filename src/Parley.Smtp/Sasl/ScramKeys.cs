using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// What a server keeps instead of a password (RFC 5802 §3): enough to check one, not enough to log in elsewhere.
/// Its text form is <c>{SCRAM-SHA-256}iterations$salt:stored:server</c> with base64 values.
/// </summary>
public sealed class ScramKeys
{
    /// <summary>The least iterations we take or make (RFC 7677 §4), and our default.</summary>
    public const int DefaultIterations = 4096;

    /// <summary>The most iterations we take: beyond, one login would cost seconds.</summary>
    public const int MaximumIterations = 10_000_000;

    /// <summary>The length of the salts we make, in octets.</summary>
    public const int SaltLength = 16;

    private const int MaximumSaltLength = 64;

    private readonly byte[] salt;
    private readonly byte[] storedKey;
    private readonly byte[] serverKey;

    private ScramKeys(ScramHash hash, int iterations, byte[] salt, (byte[] Stored, byte[] Server) keys)
    {
        Hash = hash;
        Iterations = iterations;
        this.salt = salt;
        storedKey = keys.Stored;
        serverKey = keys.Server;
    }

    /// <summary>The hash that the keys are made with.</summary>
    public ScramHash Hash { get; }

    /// <summary>Rounds of PBKDF2.</summary>
    public int Iterations { get; }

    /// <summary>The salt.</summary>
    public ReadOnlySpan<byte> Salt => salt;

    internal ReadOnlySpan<byte> StoredKey => storedKey;

    internal ReadOnlySpan<byte> ServerKey => serverKey;

    /// <summary>Derives keys from a password. Takes as long as <paramref name="iterations"/> say; run it on the pool.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="password">The password in UTF-8, not yet prepared.</param>
    /// <param name="salt">Random octets, <see cref="SaltLength"/> of them, 1 to 64.</param>
    /// <param name="iterations">4096 to 10,000,000.</param>
    /// <returns>The keys, or null when SASLprep (RFC 4013) forbids the password: a control character, mixed directions.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Salt or iterations out of range.</exception>
    public static ScramKeys? TryDerive(
        ScramHash hash, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations = DefaultIterations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, DefaultIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MaximumIterations);
        ArgumentOutOfRangeException.ThrowIfZero(salt.Length, nameof(salt));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(salt.Length, MaximumSaltLength, nameof(salt));
        if (!SaslPrep.TryPrepare(password, out var prepared) || prepared.Length == 0)
        {
            return null;
        }

        var salted = SaltPassword(hash, prepared, salt, iterations);
        CryptographicOperations.ZeroMemory(prepared);
        var clientKey = hash.Hmac(salted, "Client Key"u8);
        var server = hash.Hmac(salted, "Server Key"u8);
        var keys = new ScramKeys(hash, iterations, salt.ToArray(), (hash.Hash(clientKey), server));
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return keys;
    }

    /// <summary>
    /// Keys for a name that has none: the salt belongs to the name, so that the dialogue is the same every time, and no
    /// password fits (RFC 5802 §9 leaves guessing of names to the server to prevent).
    /// </summary>
    /// <param name="hash">The hash.</param>
    /// <param name="serverSecret">A secret of this server, the same at every start, at least 16 octets.</param>
    /// <param name="user">The prepared name.</param>
    /// <param name="iterations">The iterations of real accounts.</param>
    public static ScramKeys Decoy(
        ScramHash hash, ReadOnlySpan<byte> serverSecret, string user, int iterations = DefaultIterations)
    {
        byte[] Derive(ReadOnlySpan<byte> secret, string purpose) =>
            hash.Hmac(secret, Encoding.UTF8.GetBytes($"{hash.Mechanism}\0{purpose}\0{user}"));

        var fixedSalt = Derive(serverSecret, "salt")[..SaltLength];
        return new ScramKeys(hash, iterations, fixedSalt, (Derive(serverSecret, "stored"), Derive(serverSecret, "server")));
    }

    /// <summary>
    /// Checks a password (PLAIN, LOGIN) against the keys. Takes as long as the iterations say; run it on the pool.
    /// </summary>
    /// <param name="password">The password in UTF-8, not yet prepared.</param>
    public bool Matches(ReadOnlySpan<byte> password)
    {
        // A forbidden password costs the same time: it is checked as it stands, and cannot fit keys that were derived.
        var allowed = SaslPrep.TryPrepare(password, out var prepared) && prepared.Length > 0;
        var salted = SaltPassword(Hash, allowed ? prepared : password, salt, Iterations);
        CryptographicOperations.ZeroMemory(prepared);
        var clientKey = Hash.Hmac(salted, "Client Key"u8);
        var matches = CryptographicOperations.FixedTimeEquals(Hash.Hash(clientKey), storedKey);
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return matches & allowed;
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text"><c>{SCRAM-SHA-256}iterations$salt:stored:server</c>, or the same with SCRAM-SHA-1.</param>
    /// <returns>The keys, or null when the text is not of that form or a value is out of range.</returns>
    public static ScramKeys? TryParse(ReadOnlySpan<char> text)
    {
        foreach (var hash in ScramHash.All)
        {
            var scheme = $"{{{hash.Mechanism}}}";
            if (text.StartsWith(scheme, StringComparison.Ordinal))
            {
                return TryParse(hash, text[scheme.Length..]);
            }
        }

        return null;
    }

    /// <summary>The text form, for the store. Whoever has it can check guesses: keep it as a secret.</summary>
    public string Format() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{{Hash.Mechanism}}}{Iterations}${Convert.ToBase64String(salt)}:{Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");

    /// <summary>Shows the kind, never the keys.</summary>
    public override string ToString() => $"{Hash.Mechanism} keys";

    internal static byte[] SaltPassword(ScramHash hash, ReadOnlySpan<byte> prepared, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(prepared, salt, iterations, hash.Algorithm, hash.Size);

    private static ScramKeys? TryParse(ScramHash hash, ReadOnlySpan<char> values)
    {
        var dollar = values.IndexOf('$');
        if (dollar < 0
            || !int.TryParse(values[..dollar], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < DefaultIterations or > MaximumIterations)
        {
            return null;
        }

        var parts = values[(dollar + 1)..].ToString().Split(':');
        if (parts.Length == 3
            && TryDecode(parts[0], 1, MaximumSaltLength, out var saltOctets)
            && TryDecode(parts[1], hash.Size, hash.Size, out var stored)
            && TryDecode(parts[2], hash.Size, hash.Size, out var server))
        {
            return new ScramKeys(hash, iterations, saltOctets, (stored, server));
        }

        return null;
    }

    private static bool TryDecode(string text, int least, int most, out byte[] octets) =>
        StrictBase64.TryDecode(Encoding.UTF8.GetBytes(text), out octets)
        && octets.Length >= least && octets.Length <= most;
}
