using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>Reads the identities that mechanisms carry: UTF-8, prepared, of a length that fits everywhere.</summary>
internal static class SaslName
{
    // RFC 4616 §2: each identity has at most 255 octets. It also bounds what limits and journal remember of a name.
    private const int MaximumLength = 255;

    /// <summary>Reads a name that must be there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out string name) =>
        TryReadOptional(utf8, out name) && name.Length > 0;

    /// <summary>Reads a name that may be empty.</summary>
    public static bool TryReadOptional(ReadOnlySpan<byte> utf8, out string name)
    {
        name = "";
        if (utf8.Length > MaximumLength || !SaslPrep.TryPrepare(utf8, out var prepared))
        {
            return false;
        }

        name = Encoding.UTF8.GetString(prepared);
        return prepared.Length <= MaximumLength;
    }
}
