using System.Text;
using Parley.Smtp.Sasl;
using Parley.Smtp.Serving;

namespace Parley.Smtp.Commands;

/// <summary>
/// All law of sequence in one place: which verbs there are, in which phase each may come, what is said where it may
/// not, and who handles it. `command-table.golden` prints it: a change of law is a visible diff.
/// </summary>
internal static class CommandTable
{
    // Refusals in the order of Phase: Start, Ready, Mail, Recipients, Chunks.
    private static readonly Reply?[] Always = [null, null, null, null, null];
    private static readonly Reply?[] MailOrder = [Replies.HelloFirst, null, Replies.NestedMail, Replies.NestedMail, Replies.ChunksOpen];
    private static readonly Reply?[] RcptOrder = [Replies.HelloFirst, Replies.MailFirst, null, null, Replies.ChunksOpen];
    private static readonly Reply?[] DataOrder = [Replies.HelloFirst, Replies.MailFirst, Replies.RecipientFirst, null, Replies.ChunksOpen];
    private static readonly Reply?[] BdatOrder = [Replies.HelloFirst, Replies.MailFirst, Replies.RecipientFirst, null, null];
    private static readonly Reply?[] OutsideOrder = [Replies.HelloFirst, null, Replies.NotInTransaction, Replies.NotInTransaction, Replies.NotInTransaction];
    private static readonly Reply?[] OutsideOrderAnyHello = [null, null, Replies.NotInTransaction, Replies.NotInTransaction, Replies.NotInTransaction];

    /// <summary>Every verb, those that are known and never done at the end.</summary>
    public static readonly Command[] All =
    [
        new("EHLO", Ehlo.Handle) { Order = Always, BeforeTls = true, NeedsLogin = false },
        new("HELO", Helo.Handle) { Order = Always, NeedsLogin = false },
        new("MAIL", Mail.Handle) { Order = MailOrder, Argument = Argument.Required, TakesUtf8 = true },
        new("RCPT", Rcpt.Handle) { Order = RcptOrder, Argument = Argument.Required, TakesUtf8 = true },
        new("DATA", Data.Handle) { Order = DataOrder, Argument = Argument.None },
        new("BDAT", Bdat.Handle) { Order = BdatOrder, WhenRefused = Bdat.Refused },
        new("RSET", Rset.Handle) { Order = Always, Argument = Argument.None, NeedsLogin = false },
        new("NOOP", Noop.Handle) { Order = Always, BeforeTls = true, NeedsLogin = false, TakesUtf8 = true },
        new("QUIT", Quit.Handle) { Order = Always, Argument = Argument.None, BeforeTls = true, NeedsLogin = false },
        new("VRFY", Vrfy.Handle) { Order = Always, TakesUtf8 = true },
        new("EXPN", Expn.Handle) { Order = Always, TakesUtf8 = true },
        new("HELP", Help.Handle) { Order = Always },
        new("STARTTLS", StartTls.Handle) { Order = OutsideOrderAnyHello, Argument = Argument.None, BeforeTls = true, NeedsLogin = false },
        new("AUTH", Auth.Handle) { Order = OutsideOrder, NeedsLogin = false, MaxLine = SaslDialogue.MaximumLineLength },
        .. NotBuilt("TURN", "SEND", "SOML", "SAML", "ETRN"),
    ];

    private static readonly Dictionary<uint, Command> ByFourLetters = All.Where(c => c.Verb.Length == 4)
        .ToDictionary(c => Key(Encoding.ASCII.GetBytes(c.Verb)));

    private static readonly Command[] Longer = [.. All.Where(c => c.Verb.Length != 4)];

    /// <summary>The row of a verb, in any case; null when SMTP knows no such verb.</summary>
    public static Command? Find(ReadOnlySpan<byte> verb)
    {
        if (verb.Length == 4)
        {
            return ByFourLetters.GetValueOrDefault(Key(verb));
        }

        foreach (var command in Longer)
        {
            if (Ascii.EqualsIgnoreCase(verb, command.Verb))
            {
                return command;
            }
        }

        return null;
    }

    // Four letters without their case as one number. Only letters lose bit 5 without a clash, and verbs are letters.
    private static uint Key(ReadOnlySpan<byte> verb)
    {
        uint key = 0;
        foreach (var b in verb)
        {
            key = (key << 8) | (char.IsAsciiLetter((char)b) ? (uint)(b & ~0x20) : b);
        }

        return key;
    }

    // RFC 5321 appendix F, RFC 1985: known since 1982, or known and not offered.
    private static IEnumerable<Command> NotBuilt(params string[] verbs) => verbs.Select(verb =>
        new Command(verb, static (_, _, _) => new(Replies.NotImplemented)) { Order = Always, NeedsLogin = false, TakesUtf8 = true });
}
