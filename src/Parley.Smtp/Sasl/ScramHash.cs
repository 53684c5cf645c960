using System.Security.Cryptography;

namespace Parley.Smtp.Sasl;

/// <summary>The hash of a SCRAM mechanism.</summary>
public sealed class ScramHash
{
    private ScramHash(string mechanism, HashAlgorithmName algorithm, int size)
    {
        Mechanism = mechanism;
        Algorithm = algorithm;
        Size = size;
    }

    /// <summary>SHA-1 (RFC 5802).</summary>
    public static ScramHash Sha1 { get; } = new("SCRAM-SHA-1", HashAlgorithmName.SHA1, SHA1.HashSizeInBytes);

    /// <summary>SHA-256 (RFC 7677).</summary>
    public static ScramHash Sha256 { get; } = new("SCRAM-SHA-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    /// <summary>Both hashes.</summary>
    public static IReadOnlyList<ScramHash> All { get; } = [Sha1, Sha256];

    /// <summary>The mechanism's name without <c>-PLUS</c>; also the scheme of stored keys.</summary>
    public string Mechanism { get; }

    /// <summary>The length of a hash in octets.</summary>
    public int Size { get; }

    internal HashAlgorithmName Algorithm { get; }

    /// <summary>The mechanism's name.</summary>
    public override string ToString() => Mechanism;

    internal byte[] Hash(ReadOnlySpan<byte> data) => CryptographicOperations.HashData(Algorithm, data);

    internal byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) =>
        CryptographicOperations.HmacData(Algorithm, key, data);
}
