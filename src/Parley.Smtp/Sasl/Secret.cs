using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>
/// A password or token in memory: no text form that shows it, overwritten when disposed. Its length is not shown either.
/// </summary>
[DebuggerDisplay("(secret)")]
public sealed class Secret : IDisposable
{
    private readonly byte[] octets;

    private Secret(byte[] octets) => this.octets = octets;

    /// <summary>The octets; all zero after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>Copies octets into a new secret.</summary>
    /// <param name="octets">The octets, usually UTF-8. The caller clears its own copy.</param>
    public static Secret Copy(ReadOnlySpan<byte> octets) => new(octets.ToArray());

    /// <summary>Makes a secret of text, as UTF-8. The text itself stays in memory until it is collected.</summary>
    /// <param name="text">The text.</param>
    public static Secret FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Compares in a time that does not depend on where the octets differ.</summary>
    /// <param name="other">The octets to compare with.</param>
    public bool IsEqualTo(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(octets, other);

    /// <summary>Overwrites the octets.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(octets);

    /// <summary>Shows nothing of the secret.</summary>
    public override string ToString() => "(secret)";
}
