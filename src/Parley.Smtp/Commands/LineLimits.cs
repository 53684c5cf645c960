using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>How long a line may be: 512 octets with CRLF, and what the extensions add (RFC 5321 §4.5.3.1.4).</summary>
internal static class LineLimits
{
    /// <summary>The limit of one verb.</summary>
    public static int Of(Command command, SessionOptions options) => command.MaxLine + command.Verb switch
    {
        "MAIL" => options.Extensions.Sum(e => e.MailOctets),
        "RCPT" => options.Extensions.Sum(e => e.RcptOctets),
        _ => 0,
    };

    /// <summary>The longest line of any verb that the listener offers; what the line reader has to hold.</summary>
    public static int Longest(SessionOptions options) => CommandTable.All
        .Where(c => c.Verb != "AUTH" || options.Auth != AuthMode.Off)
        .Max(c => Of(c, options));
}
