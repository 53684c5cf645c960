using System.Text;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>HELP (RFC 5321 §4.1.1.8): the verbs of this server, or one of them.</summary>
internal static class Help
{
    public static ValueTask<Turn> Handle(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellation)
    {
        if (argument.IsEmpty)
        {
            return new(Replies.Help.WithText(
                "Commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP",
                "  VRFY EXPN HELP STARTTLS AUTH QUIT",
                "HELP and a command tells how to write it; RFC 5321 is the standard"));
        }

        var topic = Encoding.ASCII.GetString(argument.Span).Trim().ToUpperInvariant();
        var text = topic switch
        {
            "EHLO" => "EHLO client.example.org, or EHLO [192.0.2.1]",
            "HELO" => "HELO client.example.org",
            "MAIL" => "MAIL FROM:<sender@example.org> [SIZE=octets] [BODY=8BITMIME] [SMTPUTF8] [RET=HDRS] [ENVID=id]",
            "RCPT" => "RCPT TO:<recipient@example.net> [NOTIFY=FAILURE,DELAY] [ORCPT=rfc822;address]",
            "DATA" => "DATA, wait for 354, then the message, then a line with a dot alone",
            "BDAT" => "BDAT octets [LAST], followed by exactly that many octets",
            "RSET" => "RSET forgets the open transaction",
            "NOOP" => "NOOP does nothing",
            "VRFY" => "VRFY address",
            "EXPN" => "EXPN list",
            "HELP" => "HELP [command]",
            "STARTTLS" => "STARTTLS, wait for 220, then the TLS handshake, then EHLO again",
            "AUTH" => "AUTH mechanism [initial-response]",
            "QUIT" => "QUIT ends the session",
            _ => null,
        };
        return new(text is null ? Replies.HelpTopicUnknown : Replies.Help.WithText(text));
    }
}
