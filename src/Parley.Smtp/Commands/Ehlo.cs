using Parley.Smtp.Addresses;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>EHLO (RFC 5321 §4.1.1.1): the client names itself, the server tells its extensions.</summary>
internal static class Ehlo
{
    public static async ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        if (!HelloName.TryRead(argument.Span, out var name))
        {
            return Replies.HelloName;
        }

        // RFC 5321 §4.1.4: again at any time, as if RSET had come.
        await session.Hello(name, extended: true);
        var lines = new List<string>(12) { $"{session.Options.Hostname} greets {name}" };
        foreach (var extension in session.Options.Extensions)
        {
            if (extension.EhloLine(session) is { } line)
            {
                lines.Add(line);
            }
        }

        return Replies.Ehlo.WithText(lines);
    }
}

/// <summary>HELO (RFC 5321 §4.1.1.1): one line, no extensions.</summary>
internal static class Helo
{
    public static async ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        if (!HelloName.TryRead(argument.Span, out var name))
        {
            return Replies.HelloName;
        }

        await session.Hello(name, extended: false);
        return Replies.Helo.WithText($"{session.Options.Hostname} greets {name}");
    }
}

/// <summary>The argument of EHLO and HELO: a domain or an address literal.</summary>
internal static class HelloName
{
    public static bool TryRead(ReadOnlySpan<byte> argument, out string name)
    {
        name = string.Empty;
        var end = argument.IndexOf((byte)' ');
        if (end >= 0)
        {
            return false; // RFC 5321 §4.1.1.1: one name and nothing else
        }

        // Hosts named with an underscore are common on desktops; a name proves nothing anyhow (RFC 5321 §4.1.4).
        Span<byte> strict = stackalloc byte[MailDomain.MaxOctets];
        if (argument.Length > strict.Length)
        {
            return false;
        }

        argument.CopyTo(strict);
        strict = strict[..argument.Length];
        strict.Replace((byte)'_', (byte)'x');
        if (!MailDomain.TryParse(strict, out _))
        {
            return false;
        }

        name = System.Text.Encoding.UTF8.GetString(argument);
        return true;
    }
}
