using System.Text.RegularExpressions;

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
        var buffer = new byte[bare.Length];
        if (!Convert.TryFromBase64String(bare.PadRight((bare.Length + 3) / 4 * 4, '='), buffer, out var n))
        {
            return false;
        }

        var bytes = buffer.AsSpan(0, n);
        return bytes.ContainsAny((byte)0, (byte)1) || bytes.IndexOf(",n="u8) >= 0 || bytes.IndexOf(",p="u8) >= 0;
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
