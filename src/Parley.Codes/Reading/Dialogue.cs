using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Codes.Reading;

/// <summary>
/// Follows the client's side of a transcript, so that each reply is laid to the command it answers, pipelining and all
/// (RFC 2920), and so that mistakes which the dialogue itself shows are named whatever the server calls them.
/// </summary>
internal sealed partial class Dialogue(Secrets secrets)
{
    private const int Milliseconds = 5000;

    private readonly Queue<(string Phase, IReadOnlyList<string> Situations)> _unanswered = new();
    private State _state;
    private string _phase = "connect";
    private bool _begun;
    private bool _helloSent;
    private bool _tlsSinceHello;
    private bool _mailOpen;
    private bool _loggedIn;

    private enum State { Commands, Challenge, Content, LeftOut }

    /// <summary>The next line of the client is a credential, whatever it looks like.</summary>
    public bool ExpectsResponse => _state == State.Challenge;

    /// <summary>The client is sending the message; its lines mean nothing here.</summary>
    public bool InContent => _state == State.Content;

    public static bool IsCommand(string line) => Verb().IsMatch(line);

    public void Client(string line)
    {
        switch (_state)
        {
            case State.Challenge:
                secrets.Remember(line);
                _unanswered.Enqueue(("auth", Slip(line) is { } slip ? [slip] : []));
                _state = State.Commands;
                break;
            case State.Content when line.TrimEnd() == ".":
                _unanswered.Enqueue(("content", []));
                _state = State.Commands;
                break;
            case State.Content:
            case State.LeftOut when !IsCommand(line):
                break;
            default:
                Command(line);
                break;
        }
    }

    /// <summary>The transcript leaves the message out: what comes next answers its end.</summary>
    public void LeaveOutContent()
    {
        _unanswered.Enqueue(("content", []));
        _state = State.LeftOut;
    }

    /// <summary>Lays a reply to the command it answers and takes over what it changes.</summary>
    public Finding Server(Finding reply)
    {
        var answered = _unanswered.TryDequeue(out var command) ? command : (Phase: _phase, Situations: []);
        _phase = answered.Phase;
        _state = State.Commands;
        var positive = reply.Code is { } c && c[0] == '2';
        switch (reply.Code)
        {
            case "334":
                _state = State.Challenge;
                return reply with { Phase = "auth", Situations = [Prompt(reply.Text)] };
            case "354":
                _state = State.Content;
                break;
            case "235":
                _loggedIn = true;
                break;
            case "220" when _phase == "starttls":
                _tlsSinceHello = true;
                break;
        }

        _helloSent |= _phase == "ehlo" && positive;
        _mailOpen = _phase switch { "mail" => _mailOpen || positive, "content" or "rset" => false, "ehlo" => !positive && _mailOpen, _ => _mailOpen };
        return reply with { Phase = _phase.Length == 0 ? null : _phase, Situations = positive ? [] : answered.Situations };
    }

    private void Command(string line)
    {
        var m = Verb().Match(line);
        if (!m.Success)
        {
            // A line that is no command at all, outside any challenge: most often a credential that came too late.
            secrets.Remember(line);
            _unanswered.Enqueue(("any", LooksLikeBase64(line) ? ["secret-without-challenge"] : []));
            return;
        }

        var verb = m.Groups["verb"].Value.ToUpperInvariant();
        var rest = line[(m.Index + m.Length)..].Trim();
        var phase = Phase(verb);
        if (phase == "auth")
        {
            secrets.Remember(InitialResponse(rest));
        }

        // Sendmail shows no more than the last of the commands that it sent together: a refusal behind DATA may be that of RCPT.
        _begun |= phase is "ehlo" or "mail" or "rcpt";
        _unanswered.Enqueue((phase == "data" && !_begun ? "" : phase, [.. Mistakes(phase, rest)]));
        if (phase == "ehlo")
        {
            _tlsSinceHello = false;
        }
    }

    private IEnumerable<string> Mistakes(string phase, string rest)
    {
        if (phase is not ("mail" or "rcpt" or "auth"))
        {
            yield break;
        }

        if (_tlsSinceHello)
        {
            yield return "ehlo-after-starttls";
        }

        if (!_helloSent && phase != "rcpt")
        {
            yield return "ehlo-first";
        }

        if (phase == "mail" && _mailOpen)
        {
            yield return "nested-mail";
        }

        if (phase == "rcpt" && !_mailOpen && _unanswered.All(u => u.Phase != "mail"))
        {
            yield return "mail-first";
        }

        if (phase != "auth" && !rest.StartsWith('<'))
        {
            yield return "no-brackets";
        }

        if (phase == "auth" && _loggedIn)
        {
            yield return "already-logged-in";
        }

        if (phase == "auth" && InitialResponse(rest) is { Length: > 0 } initial && initial != "=" && !LooksLikeBase64(initial))
        {
            yield return "answer-not-encoded";
        }
    }

    private static string InitialResponse(string rest) => rest.IndexOf(' ') is >= 0 and var at ? rest[(at + 1)..].Trim() : "";

    // RFC 4954 §4: the answer is base64, "*" cancels, and an empty line answers with nothing.
    private static string? Slip(string line)
    {
        var answer = line.Trim();
        if (answer.Length == 0)
        {
            return null;
        }

        if (answer == "*")
        {
            return "login-cancelled";
        }

        if (IsCommand(answer))
        {
            return "command-into-challenge";
        }

        return Decode(answer) is not { } bytes ? "answer-not-encoded"
            : bytes.AsSpan().IndexOfAny((byte)'\r', (byte)'\n') >= 0 ? "newline-encoded"
            : null;
    }

    private static string Prompt(string challenge)
    {
        var text = challenge.Trim();
        if (text.Length == 0)
        {
            return "challenge-empty";
        }

        var prompt = Decode(text) is { } bytes ? Encoding.Latin1.GetString(bytes) : null;
        return prompt switch
        {
            null => "challenge-not-encoded",
            _ when prompt.StartsWith("User", StringComparison.OrdinalIgnoreCase) => "challenge-user",
            _ when prompt.StartsWith("Pass", StringComparison.OrdinalIgnoreCase) => "challenge-password",
            _ when prompt.StartsWith('{') => "challenge-token-refused",
            _ => "challenge-value",
        };
    }

    private static bool LooksLikeBase64(string text) => text.Length >= 4 && !text.Contains(' ') && Decode(text) is not null;

    private static byte[]? Decode(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var n) ? buffer[..n] : null;
    }

    private static string Phase(string verb) => verb switch
    {
        "EHLO" or "HELO" or "LHLO" => "ehlo",
        "MAIL FROM:" => "mail",
        "RCPT TO:" => "rcpt",
        "ATRN" => "etrn",
        "NOOP" => "any",
        _ => verb.ToLowerInvariant(),
    };

    [GeneratedRegex(@"^\s*(?<verb>(EHLO|HELO|LHLO)(?=\s|$)|(MAIL FROM|RCPT TO):|(MAIL|RCPT)(?=\s+((FROM|TO)\s+)?[^\s]{0,400}[@<:])|(DATA|RSET|QUIT|STARTTLS)(?=\s*$)|(AUTH|BDAT|VRFY|EXPN|ETRN|ATRN)(?=\s\S)|(NOOP|HELP)(?=\s*$))", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Verb();
}
