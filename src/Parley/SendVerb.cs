using System.CommandLine;
using System.Globalization;
using Parley.Codes;
using Parley.Server.Configuration;
using Parley.Server.Configuration.Keys;
using Parley.Server.Delivery;
using Parley.Server.Dns;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;
using Parley.Smtp.Sending;
using Parley.Smtp.Serving;

namespace Parley;

/// <summary>`parley send`: hands a message from a file, from standard input or from the arguments to a server.</summary>
internal static class SendVerb
{
    private const string StandardInput = "-";
    private const int DefaultPort = 25;

    public static Verb Create()
    {
        var options = new SendOptionsOfTheLine();
        var command = new Command("send", "Submit a message to a server and say what it answered. Text that begins with header fields is sent as it is, completed with From, Date and Message-ID; other text gets a header.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            if (options.Read(parsed, error) is not { } order)
            {
                return ExitCode.Usage;
            }

            using (order.Route.Password)
            {
                return await Send(order, parsed.InvocationConfiguration.Output, error, cancellation);
            }
        });
        return new Verb(command, "parley send --from root@example.org --to alice@example.org --subject \"disk report\" report.txt");
    }

    private static async Task<int> Send(SendOrder order, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        byte[] text;
        try
        {
            await using var input = order.File == StandardInput ? System.Console.OpenStandardInput() : File.OpenRead(order.File);
            using var all = new MemoryStream();
            await input.CopyToAsync(all, cancellation);
            text = all.ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"parley send: {fault.Message.TrimEnd('.')}; name a file that can be read, or - for standard input");
            return ExitCode.Usage;
        }

        if (order.ReadsHeader && !ReadHeader(ref order, text, error))
        {
            return ExitCode.Usage;
        }

        var content = SendText.Complete(text, order, TimeProvider.System.GetUtcNow());
        var message = new OutgoingMessage(order.From, [.. order.To.Select(static to => new OutgoingRecipient(new ForwardPath(to)))], content.Length)
        {
            Body = System.Text.Ascii.IsValid(content) ? BodyType.SevenBit : BodyType.EightBitMime,
        };
        var sending = new DirectSending(StubResolver.Of(static () => new DnsSettings { Servers = null }, TimeProvider.System), TimeProvider.System);
        var (outcomes, peer) = await sending.Send(order.Route, message, content, cancellation);
        return Tell(order, outcomes, peer, output, error);
    }

    // As `sendmail -t`: the header says to whom, and without --from also from whom.
    private static bool ReadHeader(ref SendOrder order, byte[] text, TextWriter error)
    {
        var lines = SendText.Lines(text);
        var named = HeaderAddresses.Recipients(lines, order.Route.Hostname, out var problem);
        var author = HeaderAddresses.Author(lines, order.Route.Hostname, out var strange);
        problem ??= order.HasSender ? null : strange;
        if (problem is not null)
        {
            error.WriteLine($"parley send: the message's header: \"{problem}\" is not a mail address; write one such as bob@example.com");
            return false;
        }

        if (!order.HasSender && author is null)
        {
            error.WriteLine("parley send: the message's header has no From; write one, or name the sender with --from");
            return false;
        }

        order = order with
        {
            From = order.HasSender ? order.From : new ReversePath(author),
            To = [.. order.To.Concat(named).Distinct()],
        };
        if (order.To.Count == 0)
        {
            error.WriteLine("parley send: the message's header names no recipient; write To, Cc or Bcc, or name one with --to");
        }

        return order.To.Count > 0;
    }

    /// <summary>One line a recipient that was taken, and why of each that was not.</summary>
    private static int Tell(SendOrder order, IReadOnlyList<SendOutcome> outcomes, string peer, TextWriter output, TextWriter error)
    {
        var all = true;
        foreach (var (to, outcome) in order.To.Zip(outcomes))
        {
            var reply = Attempts.Reply(outcome, peer);
            var code = reply.Code > 0 ? reply.Code.ToString(CultureInfo.InvariantCulture) + " " : "";
            var said = $"{code}{reply.Enhanced} {reply.Text}".Trim();
            if (outcome is SendOutcome.Delivered)
            {
                output.WriteLine($"{to}: {said}");
                continue;
            }

            all = false;
            // The queue's causes end so; here nobody tries again but the caller.
            error.WriteLine($"parley send: {to}: {said.Replace("; tried again later", "; try again later", StringComparison.Ordinal)} ({peer})");
            var catalogue = ReaderLanguage.Load(null, Environment.GetEnvironmentVariable);
            if (Attempts.Cause(outcome) is { Id: "refused" } && Explainer.Explain(catalogue, said) is [var explanation, ..])
            {
                error.WriteLine($"  {explanation.Cause}");
                error.WriteLine($"  {explanation.HowToFix.Sender}");
            }
        }

        return all ? ExitCode.Done : ExitCode.No;
    }

    /// <summary>The options of the line.</summary>
    private sealed class SendOptionsOfTheLine
    {
        private readonly Option<string?> from = new("--from", "-f") { HelpName = "ADDRESS", Description = "The envelope's sender, where failures go; <> for nobody. With -t the message's From unless given." };
        private readonly Option<string[]> to = new("--to") { HelpName = "ADDRESS", Description = "A recipient; may be given several times.", AllowMultipleArgumentsPerToken = true };
        private readonly Option<bool> readRecipients = new("--read-recipients", "-t") { Description = "Send also to whom the fields To, Cc and Bcc name, and take Bcc out; a name without a domain is one of this machine." };
        private readonly Option<bool> ignoreDots = new("-i", "-oi") { Description = "For callers that know sendmail; a dot alone on a line never ends the message anyway." };
        private readonly Option<string?> subject = new("--subject") { HelpName = "TEXT", Description = "The subject; with it all of the text is body." };
        private readonly Option<string> server = new("--server") { HelpName = "HOST:PORT", Description = "The server; 127.0.0.1:2525 unless given, port 25 unless named.", DefaultValueFactory = static _ => "127.0.0.1:2525" };
        private readonly Option<string?> user = new("--user") { HelpName = "NAME", Description = "Log in as this user." };
        private readonly Option<string?> passwordFile = new("--password-file") { HelpName = "FILE", Description = "A file whose first line is the user's password." };
        private readonly Option<string> tls = new("--tls") { Description = "none, opportunistic (where it is offered, any certificate) or required (a certificate that names the server and that this machine trusts).", DefaultValueFactory = static _ => "opportunistic" };
        private readonly Argument<string> file = new("FILE") { Description = "The message or its text; - reads standard input.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = static _ => StandardInput };

        public SendOptionsOfTheLine() => tls.AcceptOnlyFromAmong("none", "opportunistic", "required");

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { from, to, readRecipients, ignoreDots, subject, server, user, passwordFile, tls })
            {
                command.Add(option);
            }

            command.Add(file);
        }

        /// <summary>What is to be done; null after what is wrong was said.</summary>
        public SendOrder? Read(ParseResult parsed, TextWriter error)
        {
            var readsHeader = parsed.GetValue(readRecipients);
            var named = parsed.GetValue(from);
            if ((named is null || parsed.GetValue(to) is not { Length: > 0 }) && !readsHeader)
            {
                return Wrong(error, $"{(named is null ? "--from" : "--to")} is missing; name the sender and the recipients, or let -t read them from the message's header");
            }

            if (readsHeader && parsed.GetValue(subject) is not null)
            {
                return Wrong(error, "--subject makes all of the text body, and -t reads its header; leave one of them out");
            }

            var sender = named is null or "<>" or "" ? ReversePath.Null : ReversePath.Parse(named);
            if (sender is null)
            {
                return Wrong(error, $"--from: \"{parsed.GetValue(from)}\" is not a mail address; write one such as alice@example.org, or <> for nobody");
            }

            var recipients = new List<Mailbox>();
            var (addresses, input) = Recipients(parsed);
            foreach (var text in addresses.SelectMany(static one => one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            {
                if (Mailbox.Parse(text) is not { } mailbox)
                {
                    return Wrong(error, $"--to: \"{text}\" is not a mail address; write one such as bob@example.com");
                }

                recipients.Add(mailbox);
            }

            string? problem = null;
            if (ValueKinds.ReadHost(parsed.GetValue(server)!, DefaultPort, ref problem) is not { } where)
            {
                return Wrong(error, $"--server: \"{parsed.GetValue(server)}\" is not HOST:PORT; write for example mail.example.org:587");
            }

            var password = Password(parsed, error, out var isMissing);
            return isMissing ? null : new SendOrder(sender, recipients, new DirectRoute(where, Enum.Parse<RouteTls>(parsed.GetValue(tls)!, ignoreCase: true), Hostname())
            {
                User = parsed.GetValue(user),
                Password = password,
            })
            {
                ReadsHeader = readsHeader,
                HasSender = named is not null,
                Subject = parsed.GetValue(subject),
                File = input,
            };
        }

        // "--to A B FILE": what stands last and is no address is the file.
        private (string[] To, string File) Recipients(ParseResult parsed)
        {
            var all = parsed.GetValue(to) ?? [];
            var isLastFile = all.Length > 1 && !all[^1].Contains('@', StringComparison.Ordinal) && parsed.GetResult(file) is null or { Implicit: true };
            return isLastFile ? (all[..^1], all[^1]) : (all, parsed.GetValue(file)!);
        }

        private Secret? Password(ParseResult parsed, TextWriter error, out bool isMissing)
        {
            isMissing = false;
            if (parsed.GetValue(user) is null)
            {
                isMissing = parsed.GetValue(passwordFile) is not null;
                return isMissing ? WithoutUser(error) : null;
            }

            if (parsed.GetValue(passwordFile) is { } named && named != StandardInput)
            {
                var read = PasswordInput.Read(named, "send", error);
                isMissing = read is null;
                return read;
            }

            isMissing = true;
            Wrong(error, "--user needs a --password-file; its first line is the password");
            return null;
        }

        private static Secret? WithoutUser(TextWriter error)
        {
            Wrong(error, "--password-file needs a --user, whose password it holds");
            return null;
        }

        private static SendOrder? Wrong(TextWriter error, string what)
        {
            error.WriteLine($"parley send: {what}");
            return null;
        }

        // EHLO wants a name of this machine; where it has none with a dot, an honest literal (RFC 5321 §4.1.4).
        private static string Hostname() => MailDomain.Parse(Environment.MachineName) is { } name ? name.Ascii : "[127.0.0.1]";
    }
}

/// <summary>What `parley send` is to do.</summary>
/// <param name="From">The envelope's sender.</param>
/// <param name="To">Its recipients.</param>
/// <param name="Route">Where and how.</param>
internal sealed record SendOrder(ReversePath From, IReadOnlyList<Mailbox> To, DirectRoute Route)
{
    /// <summary>Whether the message's header names recipients too.</summary>
    public bool ReadsHeader { get; init; }

    /// <summary>Whether the sender was named; else the message's header names him.</summary>
    public bool HasSender { get; init; }

    public string? Subject { get; init; }

    public required string File { get; init; }
}
