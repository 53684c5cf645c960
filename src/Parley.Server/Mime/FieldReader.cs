using System.Text;

namespace Parley.Server.Mime;

/// <summary>Reads tokens, quoted strings and parameters of a structured field, past comments (RFC 2045 §5.1, RFC 5322 §3.2).</summary>
internal ref struct FieldReader(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> rest = text;

    /// <summary>The next token or special of the value; empty at a semicolon or at the end.</summary>
    public string Token()
    {
        Skip();
        if (rest.IsEmpty || rest[0] == ';')
        {
            return string.Empty;
        }

        var end = rest.IndexOfAny(" \t;(");
        end = end < 0 ? rest.Length : Math.Max(end, 1);
        var token = rest[..end].ToString();
        rest = rest[end..];
        return token;
    }

    /// <summary>The next parameter; false at the end. Parts between semicolons that are no parameter are passed over.</summary>
    public bool NextParameter(out string name, out string value)
    {
        while (true)
        {
            (name, value) = (string.Empty, string.Empty);
            var semicolon = rest.IndexOf(';');
            if (semicolon < 0)
            {
                return false;
            }

            rest = rest[(semicolon + 1)..];
            Skip();
            var end = rest.IndexOfAny(" \t;(=");
            if (end <= 0)
            {
                continue;
            }

            name = rest[..end].ToString();
            rest = rest[end..];
            Skip();
            if (!rest.IsEmpty && rest[0] == '=')
            {
                rest = rest[1..];
                Skip();
                value = !rest.IsEmpty && rest[0] == '"' ? Quoted() : Bare();
                return true;
            }
        }
    }

    // Names with spaces are often sent without quotes; they are taken up to the semicolon.
    private string Bare()
    {
        var end = rest.IndexOfAny(";(");
        end = end < 0 ? rest.Length : end;
        var value = rest[..end].Trim(" \t").ToString();
        rest = rest[end..];
        return value;
    }

    private string Quoted()
    {
        var value = new StringBuilder();
        var at = 1;
        for (; at < rest.Length && rest[at] != '"'; at++)
        {
            if (rest[at] == '\\' && at + 1 < rest.Length)
            {
                at++;
            }

            value.Append(rest[at]);
        }

        rest = rest[Math.Min(at + 1, rest.Length)..];
        return value.ToString();
    }

    // White space and comments, which may be nested (RFC 5322 §3.2.2).
    private void Skip()
    {
        rest = rest.TrimStart(" \t");
        while (!rest.IsEmpty && rest[0] == '(')
        {
            var depth = 0;
            var at = 0;
            for (; at < rest.Length; at++)
            {
                if (rest[at] == '\\')
                {
                    at++;
                }
                else if (rest[at] == '(')
                {
                    depth++;
                }
                else if (rest[at] == ')' && --depth == 0)
                {
                    at++;
                    break;
                }
            }

            rest = rest[Math.Min(at, rest.Length)..].TrimStart(" \t");
        }
    }
}
