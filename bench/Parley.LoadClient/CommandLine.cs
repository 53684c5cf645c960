using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.Json;
using Parley.Smtp.Sasl;

namespace Parley.LoadClient;

/// <summary>The command line of parley-load.</summary>
internal static class CommandLine
{
    private static readonly Argument<IPEndPoint> Target = new("target")
    {
        Description = "HOST:PORT of the server: a loopback address, as nothing else may be loaded",
        HelpName = "HOST:PORT",
        CustomParser = ParseTarget,
    };

    private static readonly Option<int> Sessions = Number("--sessions", "sessions in parallel", 1);
    private static readonly Option<int> Sources = Number("--sources", "source addresses to spread the connections over, from 127.0.0.1 on", 1);
    private static readonly Option<int> Limit = Number("--limit", "seconds after which the run is given up", 120);
    private static readonly Option<int?> Messages = new("--messages") { Description = "messages in all; without it, as many as --seconds allows" };
    private static readonly Option<double> Seconds = Real("--seconds", "seconds to send for, where --messages is not given", 5);
    private static readonly Option<int> Rate = Number("--rate", "attempts a second", 100);
    private static readonly Option<double> WarmUp = Real("--warm-up", "seconds of the same work before anything is counted", 0);
    private static readonly Option<int> Size = Number("--size", "octets of a message, header included", 1024);
    private static readonly Option<int?> PerConnection = new("--per-connection") { Description = "messages on one connection; without it all; 0: whole sessions without mail" };
    private static readonly Option<bool> Pipelining = new("--pipelining") { Description = "send commands in groups (RFC 2920)" };
    private static readonly Option<TlsMode> Tls = new("--tls") { Description = "none, starttls or implicit; certificates are not checked" };
    private static readonly Option<string?> Auth = new("--auth") { Description = "mechanism of the login, such as PLAIN or SCRAM-SHA-256" };
    private static readonly Option<string> User = Text("--user", "who logs in", "load");
    private static readonly Option<int> Names = Number("--names", "names to guess at, in turn: that of --user with a number behind it; 1: that of --user", 1);
    private static readonly Option<string?> PasswordFile = new("--password-file") { Description = "file with the password in its first line" };
    private static readonly Option<string> From = Text("--from", "envelope sender", "load@bench.test");
    private static readonly Option<string> To = Text("--to", "envelope recipient", "b@bench.test");

    public static RootCommand Root()
    {
        var root = new RootCommand(
            "A load client for SMTP servers on this machine. Prints one JSON object; latencies are milliseconds.\n" +
            "Example: parley-load send 127.0.0.1:2525 --sessions 50 --size 10240 --seconds 5 --pipelining");
        root.Subcommands.Add(Send());
        root.Subcommands.Add(Hold());
        root.Subcommands.Add(Guess());
        return root;
    }

    private static Command Send()
    {
        var send = new Command("send", "Send messages. A message's latency runs from the moment its session is free for it to its last reply.")
        {
            Target, Sessions, Sources, Limit, Messages, Seconds, WarmUp, Size, PerConnection, Pipelining,
            Tls, Auth, User, PasswordFile, From, To,
        };
        send.Validators.Add(CheckLogin);
        send.SetAction(async (parsed, cancel) =>
        {
            var report = await LoadRun.RunAsync(OptionsFrom(parsed), cancel);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, LoadReport.Json));
            return report is { Failed: 0, LimitReached: false } && report.Failures.Count == 0 ? 0 : 1;
        });
        return send;
    }

    private static Command Hold()
    {
        var hold = new Command("hold", "Open sessions and keep them silent until standard input ends, then ask each NOOP.")
        {
            Target, Sessions, Sources, Limit, Tls, Auth, User, PasswordFile,
        };
        hold.Validators.Add(CheckLogin);
        hold.SetAction(async (parsed, cancel) =>
        {
            var options = new LoadOptions
            {
                Target = parsed.GetRequiredValue(Target),
                Sessions = parsed.GetValue(Sessions),
                Sources = parsed.GetValue(Sources),
                Limit = TimeSpan.FromSeconds(parsed.GetValue(Limit)),
                Tls = parsed.GetValue(Tls),
                Login = LoginFrom(parsed),
            };
            var report = await new IdleSessions(options).HoldAsync(Console.In, Console.Out, cancel);
            return report.Answered == options.Sessions ? 0 : 1;
        });
        return hold;
    }

    private static Command Guess()
    {
        var guess = new Command("guess", "Try to log in at a steady rate, a connection each; count how the server ends it.")
        {
            Target, Rate, Sources, Limit, Seconds, Tls, Auth, User, Names, PasswordFile,
        };
        guess.Validators.Add(CheckLogin);
        guess.SetAction(async (parsed, cancel) =>
        {
            var report = await GuessRun.RunAsync(OptionsFrom(parsed), parsed.GetValue(Rate), cancel);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, LoadReport.Json));
            return 0;
        });
        return guess;
    }

    private static LoadOptions OptionsFrom(ParseResult parsed) => new()
    {
        Target = parsed.GetRequiredValue(Target),
        Sessions = parsed.GetValue(Sessions),
        Sources = parsed.GetValue(Sources),
        Limit = TimeSpan.FromSeconds(parsed.GetValue(Limit)),
        Count = parsed.GetValue(Messages),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(Seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(WarmUp)),
        Size = parsed.GetValue(Size),
        PerConnection = parsed.GetValue(PerConnection),
        Pipelining = parsed.GetValue(Pipelining),
        Tls = parsed.GetValue(Tls),
        Names = parsed.GetValue(Names),
        Login = LoginFrom(parsed),
        From = parsed.GetValue(From)!,
        To = parsed.GetValue(To)!,
    };

    private static LoadLogin? LoginFrom(ParseResult parsed)
        => parsed.GetValue(Auth) is { } name
            ? new LoadLogin(
                SaslMechanisms.Find(name)!,
                parsed.GetValue(User)!,
                Secret.FromText(File.ReadLines(parsed.GetValue(PasswordFile)!).FirstOrDefault() ?? ""))
            : null;

    // The login needs both; said before anything is opened.
    private static void CheckLogin(CommandResult result)
    {
        if (result.GetValue(Auth) is not { } name)
        {
            return;
        }

        if (SaslMechanisms.Find(name) is null)
        {
            result.AddError($"'{name}' is not a mechanism; there are {string.Join(", ", SaslMechanisms.All.Select(mechanism => mechanism.Name))}.");
        }

        if (!File.Exists(result.GetValue(PasswordFile)))
        {
            result.AddError("--auth needs --password-file with the name of a file that is there.");
        }
    }

    private static IPEndPoint? ParseTarget(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase))
        {
            text = "127.0.0.1" + text["localhost".Length..];
        }

        if (!IPEndPoint.TryParse(text, out var target) || target.Port == 0)
        {
            result.AddError($"'{text}' is not HOST:PORT; write an address such as 127.0.0.1:2525 or [::1]:2525.");
            return null;
        }

        if (!IPAddress.IsLoopback(target.Address))
        {
            result.AddError($"{target.Address} is not a loopback address; parley-load only loads servers on this machine.");
            return null;
        }

        return target;
    }

    private static Option<int> Number(string name, string description, int fallback)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && value < 1)
            {
                result.AddError($"{name} must be 1 or more.");
            }
        });
        return option;
    }

    private static Option<double> Real(string name, string description, double fallback)
        => new(name) { Description = description, DefaultValueFactory = _ => fallback };

    private static Option<string> Text(string name, string description, string fallback)
        => new(name) { Description = description, DefaultValueFactory = _ => fallback };
}
