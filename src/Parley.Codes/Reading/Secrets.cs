using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Parley.Codes.Reading;

/// <summary>Keeps credentials out of what is shown again. People paste whole sessions, passwords and all.</summary>
internal sealed partial class Secrets
{
    /// <summary>More credentials than any real session holds: the reader stops there rather than let one slip through.</summary>
    public const int Most = 256;

    private const string Masked = "****";
    private const int ShortestWord = 4;
    private const int Milliseconds = 5000;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public bool Full => _seen.Count > Most;

    /// <summary>Remembers what a client sent as a credential: a server may repeat it in its complaint.</summary>
    public void Remember(string line)
    {
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length >= ShortestWord))
        {
            _seen.Add(word);
        }
    }

    public string Mask(string input)
    {
        var text = _seen.Aggregate(input, (t, secret) => t.Replace(secret, Masked, StringComparison.Ordinal));
        text = AuthCommand().Replace(text, m => m.Groups["lead"].Value + Masked);
        text = Labelled().Replace(text, m => m.Groups["lead"].Value + Masked);
        text = AfterChallenge().Replace(text, m => m.Groups["lead"].Value + Masked);
        return Base64Word().Replace(text, m => IsCredential(m.Value) ? Masked : m.Value);
    }

    // RFC 4616: NUL between the parts; RFC 7628 and XOAUTH2: Ctrl-A; RFC 5802: the name and the proof.
    private static bool IsCredential(string word)
    {
        var bare = word.TrimEnd('=');
        // Four letters make three octets; one that is left over was cut off from its group.
        bare = bare.Length % 4 == 1 ? bare[..^1] : bare;
        var buffer = new byte[bare.Length];
        if (!Convert.TryFromBase64String(bare.PadRight((bare.Length + 3) / 4 * 4, '='), buffer, out var n))
        {
            return false;
        }

        var bytes = buffer.AsSpan(0, n);
        return (bytes.ContainsAny((byte)0, (byte)1) && IsText(bytes)) || bytes.IndexOf(",n="u8) >= 0 || bytes.IndexOf(",p="u8) >= 0;
    }

    // The name of a class is base64 too, and what it decodes to is noise. A name or a password is text: UTF-8, or a few
    // letters of an older character set; the end may be cut off.
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        var high = 0;
        foreach (var b in bytes)
        {
            if (b is > 1 and < 32 and not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return false;
            }

            high += b >> 7;
        }

        return high * 3 <= bytes.Length || Utf8.IsValid(bytes) || Utf8.IsValid(bytes[..^1]) || Utf8.IsValid(bytes[..^2]) || Utf8.IsValid(bytes[..^3]);
    }

    // Behind a reply code "AUTH PLAIN LOGIN" is the list of mechanisms, not a login.
    [GeneratedRegex(@"(?<![2-5]\d\d[ -])(?<lead>\bAUTH[ =]+[A-Z][A-Z0-9_-]{2,19} +)(?<secret>[^\s]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex AuthCommand();

    [GeneratedRegex(@"(?<lead>\bbearer\s+|\b(password|passwd|passphrase|secret|token)\s*[=:]\s*)(?<secret>[^\s""',;)]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Labelled();

    // On one line behind a challenge stands what the client answered.
    [GeneratedRegex(@"(?<lead>(?<![\d.])334 [A-Za-z0-9+/=]*[ \t]+)(?<secret>[^\s].*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, Milliseconds)]
    private static partial Regex AfterChallenge();

    [GeneratedRegex(@"[A-Za-z0-9+/]{12,}={0,2}", RegexOptions.None, Milliseconds)]
    private static partial Regex Base64Word();
}
