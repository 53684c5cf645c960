using System.Text;
using Parley.Server.Mime;
using Parley.Smtp.Addresses;

namespace Parley;

/// <summary>The addresses that a message's own header names, for `parley send -t`.</summary>
internal static class HeaderAddresses
{
    /// <summary>Whom the fields To, Cc and Bcc name, each once.</summary>
    /// <param name="message">The message, lines ending in CRLF.</param>
    /// <param name="host">Where a name without a domain, such as <c>root</c>, is at home.</param>
    /// <param name="problem">The first address that is none; null when all are.</param>
    public static List<Mailbox> Recipients(ReadOnlySpan<byte> message, string host, out string? problem) =>
        Read(message, host, static name => name is "to" or "cc" or "bcc", out problem);

    /// <summary>Who the field From says wrote it: the first, where it names several; null where it names nobody.</summary>
    public static Mailbox? Author(ReadOnlySpan<byte> message, string host, out string? problem) =>
        Read(message, host, static name => name == "from", out problem).FirstOrDefault();

    /// <summary>The message without the fields that none of its readers is to see (RFC 5322 §3.6.3).</summary>
    public static byte[] WithoutBlindCopies(ReadOnlySpan<byte> message)
    {
        var kept = new MemoryStream(message.Length);
        var fields = new HeaderFields(message);
        var from = 0;
        while (fields.MoveNext())
        {
            if (!fields.Is("Bcc"u8))
            {
                kept.Write(message[from..fields.Position]);
            }

            from = fields.Position;
        }

        kept.Write(message[from..]);
        return kept.ToArray();
    }

    private static List<Mailbox> Read(ReadOnlySpan<byte> message, string host, Func<string, bool> wanted, out string? problem)
    {
        problem = null;
        var found = new List<Mailbox>();
        var fields = new HeaderFields(message);
        while (fields.MoveNext())
        {
            if (!wanted(Encoding.ASCII.GetString(fields.Name).ToLowerInvariant()))
            {
                continue;
            }

            foreach (var address in Split(Encoding.UTF8.GetString(fields.Body)))
            {
                // As sendmail does: cron writes to "root" and means the root of this machine.
                if ((Mailbox.Parse(address) ?? Mailbox.Parse($"{address}@{host}")) is not { } mailbox)
                {
                    problem ??= address;
                }
                else if (!found.Contains(mailbox))
                {
                    found.Add(mailbox);
                }
            }
        }

        return found;
    }

    /// <summary>The addresses of a list (RFC 5322 §3.4) without names, comments and groups.</summary>
    internal static List<string> Split(string list)
    {
        var found = new List<string>();
        var (text, angle) = (new StringBuilder(), (string?)null);
        var (quoted, comments) = (false, 0);
        for (var i = 0; i < list.Length; i++)
        {
            var c = list[i];
            var escaped = c == '\\' && i + 1 < list.Length && (quoted || comments > 0);
            if (comments > 0 || (c == '(' && !quoted))
            {
                comments += escaped ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
                i += escaped ? 1 : 0;
                continue;
            }

            quoted ^= c == '"';
            switch (c)
            {
                case '\\' when escaped:
                    text.Append(c).Append(list[++i]);
                    break;
                case '<' or ':' when !quoted: // what stood before is a name: of a person, or of a group
                    text.Clear();
                    break;
                case '>' when !quoted:
                    angle = text.ToString();
                    break;
                case ',' or ';' when !quoted:
                    End();
                    break;
                default:
                    text.Append(c is '\r' or '\n' or '\t' ? ' ' : c);
                    break;
            }
        }

        End();
        return found;

        void End()
        {
            var address = (angle ?? text.ToString()).Trim();
            if (address.Length > 0)
            {
                found.Add(address);
            }

            text.Clear();
            angle = null;
        }
    }
}
