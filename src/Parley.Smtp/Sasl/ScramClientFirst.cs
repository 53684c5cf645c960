using System.Text;

namespace Parley.Smtp.Sasl;

/// <summary>The client's first message (RFC 5802 §7): GS2 header, then name and nonce.</summary>
internal sealed record ScramClientFirst(string User, string AuthorizationId, string Nonce)
{
    /// <summary>The GS2 header as it came, with its last comma; the client repeats it under <c>c=</c>.</summary>
    public required byte[] Header { get; init; }

    /// <summary>The rest of the message as it came; part of what is signed.</summary>
    public required byte[] Bare { get; init; }

    /// <summary><c>n</c>: no channel binding; <c>y</c>: the client could, but thinks that we cannot; <c>p</c>: bound.</summary>
    public required char Flag { get; init; }

    /// <summary>The registered name of the binding after <c>p=</c>; else empty.</summary>
    public required string BindingType { get; init; }

    public static ScramClientFirst? TryParse(ReadOnlySpan<byte> message)
    {
        if (!TryTakeHeader(message, out var flag, out var bindingType, out var authorizationId, out var length))
        {
            return null;
        }

        var bare = message[length..];
        var rest = bare;

        // RFC 5802 §5.1: "m=" is reserved for mandatory extensions; in front it fails since "n=" must come first.
        if (!ScramMessage.TryTake(ref rest, (byte)'n', out var name)
            || !ScramMessage.TryReadName(name, out var user)
            || !ScramMessage.TryTake(ref rest, (byte)'r', out var nonce)
            || !ScramMessage.IsNonce(nonce)
            || !ScramMessage.AreExtensions(rest))
        {
            return null;
        }

        return new ScramClientFirst(user, authorizationId, Encoding.ASCII.GetString(nonce))
        {
            Header = message[..length].ToArray(),
            Bare = bare.ToArray(),
            Flag = flag,
            BindingType = bindingType,
        };
    }

    // RFC 5802 §7: gs2-header = gs2-cbind-flag "," [ "a=" saslname ] ","
    private static bool TryTakeHeader(
        ReadOnlySpan<byte> message, out char flag, out string bindingType, out string authorizationId, out int length)
    {
        flag = '\0';
        bindingType = authorizationId = "";
        length = 0;
        var first = message.IndexOf((byte)',');
        if (first < 1)
        {
            return false;
        }

        var second = message[(first + 1)..].IndexOf((byte)',');
        if (second < 0 || !TryReadFlag(message[..first], out flag, out bindingType))
        {
            return false;
        }

        length = first + 1 + second + 1;
        var identity = message.Slice(first + 1, second);
        return identity.IsEmpty
            || (identity.StartsWith("a="u8) && ScramMessage.TryReadName(identity[2..], out authorizationId));
    }

    private static bool TryReadFlag(ReadOnlySpan<byte> text, out char flag, out string bindingType)
    {
        flag = (char)text[0];
        bindingType = "";
        if (flag is 'n' or 'y')
        {
            return text.Length == 1;
        }

        // RFC 5802 §7: cb-name = 1*(ALPHA / DIGIT / "." / "-")
        if (flag != 'p' || text.Length < 3 || text[1] != '=')
        {
            return false;
        }

        foreach (var octet in text[2..])
        {
            if (!char.IsAsciiLetterOrDigit((char)octet) && octet is not ((byte)'.' or (byte)'-'))
            {
                return false;
            }
        }

        bindingType = Encoding.ASCII.GetString(text[2..]);
        return true;
    }
}
