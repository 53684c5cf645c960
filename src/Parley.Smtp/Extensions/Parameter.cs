using System.Text;
using Parley.Smtp.Addresses;

namespace Parley.Smtp.Extensions;

/// <summary>One parameter of MAIL or RCPT: <c>KEY</c> or <c>KEY=value</c> (RFC 5321 §4.1.2).</summary>
public readonly ref struct Parameter
{
    internal Parameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        Name = name;
        Value = value;
        HasValue = hasValue;
    }

    /// <summary>The key, in the case in which it came.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value, empty where there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether there was an equals sign.</summary>
    public bool HasValue { get; }

    /// <summary>Whether the key is this one, in any case.</summary>
    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>Whether the value is this one, in any case.</summary>
    public bool ValueIs(ReadOnlySpan<byte> value) => Ascii.EqualsIgnoreCase(Value, value);

    /// <summary>
    /// Takes the next parameter off the front of what follows the path. False at the end, or where the text is no
    /// parameter (<paramref name="rest"/> is then not empty). Spaces at the end of a line are accepted (RFC 5321 §4.1.1).
    /// </summary>
    internal static bool TryNext(ref ReadOnlySpan<byte> rest, out Parameter parameter)
    {
        parameter = default;
        if (rest.IsEmpty)
        {
            return false;
        }

        // Junk that sticks to the path, as in MAIL FROM:<a@b>c.
        if (rest[0] != ' ')
        {
            return false;
        }

        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty)
        {
            return false;
        }

        var end = rest.IndexOf((byte)' ');
        var text = end < 0 ? rest : rest[..end];
        rest = rest[text.Length..];
        var equals = text.IndexOf((byte)'=');
        var name = equals < 0 ? text : text[..equals];
        var value = equals < 0 ? default : text[(equals + 1)..];
        var malformed = name.IsEmpty || name[0] == '-' || name.ContainsAnyExcept(Characters.LetterDigitHyphen) || !IsValue(value);
        if (malformed)
        {
            rest = text;
            return false;
        }

        parameter = new Parameter(name, value, equals >= 0);
        return true;
    }

    /// <summary>Whether a parameter of this name follows.</summary>
    internal static bool Contains(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name)
    {
        while (TryNext(ref rest, out var parameter))
        {
            if (parameter.Is(name))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 5321 §4.1.2: esmtp-value. RFC 6531 §3.3 widens it by UTF-8, and ORCPT and AUTH may hold "=" in practice.
    private static bool IsValue(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            if (Characters.IsControl(b))
            {
                return false;
            }
        }

        return true;
    }
}
