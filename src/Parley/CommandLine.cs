using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using Parley.Server.Configuration.Reading;

namespace Parley;

/// <summary>Finds the verb, runs it, and turns whatever happens into an exit code.</summary>
internal static class CommandLine
{
    private const string Example = "parley serve";

    public static async Task<int> Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var verbs = Verbs.All();
        // "@example.com" is the end of an address, not a file of arguments.
        var parsed = Root(verbs).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return Misused(parsed, error);
        }

        // Every verb that runs long handles its own signals: `serve` has mail to finish.
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (Exception fault)
        {
            await error.WriteLineAsync($"parley: a fault of the program itself: {fault.Message}; please report it with the lines below");
            await error.WriteLineAsync(fault.ToString());
            return ExitCode.Fault;
        }
    }

    private static RootCommand Root(IReadOnlyList<Verb> verbs)
    {
        var root = new RootCommand("Parley, an SMTP server that explains itself.");
        foreach (var verb in verbs)
        {
            root.Add(verb.Command);
        }

        var all = verbs.SelectMany(verb => verb.Acts.Prepend(verb)).ToList();
        foreach (var command in all.Select(v => v.Command))
        {
            command.Validators.Add(found => RefuseUnknownOptions(found, command));
        }

        var examples = all.ToDictionary(v => v.Command, v => v.Example);
        examples[root] = Example;
        foreach (var option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption help => new HelpWithExample((HelpAction)help.Action!, examples),
                VersionOption => new PrintVersion(),
                _ => option.Action,
            };
        }

        return root;
    }

    // Without this, an option that a verb does not know is taken for its argument.
    private static void RefuseUnknownOptions(CommandResult found, Command command)
    {
        var token = found.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)
            .FirstOrDefault(t => t.Value.StartsWith("--", StringComparison.Ordinal) && t.Value.Skip(2).All(c => char.IsAsciiLetterLower(c) || c == '-'));
        if (token is { Value.Length: > 2 })
        {
            found.AddError(Unknown(token.Value, command));
        }
    }

    // One line: what, where, how to mend it.
    private static int Misused(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        var name = NameOf(command);
        error.WriteLine($"{name}: {Problem(parsed, command)}; see `{name} --help`");
        return ExitCode.Usage;
    }

    private static string Problem(ParseResult parsed, Command command)
    {
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            return Unknown(token, command);
        }

        return command.Subcommands.Count > 0 ? "name a verb: " + string.Join(", ", command.Subcommands.Select(c => c.Name))
            : Missing(parsed, command) is { } missing ? missing + " is missing"
            : string.Join(' ', parsed.Errors[0].Message.TrimEnd('.').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    // The first argument that must be there and is not, or the value of an option.
    private static string? Missing(ParseResult parsed, Command command) =>
        parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(o => o.Option.Arity.MinimumNumberOfValues > o.Tokens.Count && !o.Implicit) is { Option: var option }
            ? $"the {option.HelpName ?? "value"} of {option.Name}"
            : command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > (parsed.GetResult(a)?.Tokens.Count ?? 0))?.Name;

    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? NameOf(parent) + " " + command.Name : "parley";

    private static string Unknown(string token, Command command)
    {
        var known = command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name));
        return $"\"{token}\" is not known here" + (Nearest.Of(token, known) is { } nearest ? $" (did you mean \"{nearest}\"?)" : "");
    }

    private sealed class HelpWithExample(HelpAction help, Dictionary<Command, string> examples) : SynchronousCommandLineAction
    {
        private const int Columns = 100;

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            // The same help in a file and on every terminal that is wide enough.
            help.MaxWidth = System.Console.IsOutputRedirected ? Columns : Math.Min(Columns, System.Console.WindowWidth);
            help.Invoke(parsed);
            if (examples.TryGetValue(parsed.CommandResult.Command, out var example))
            {
                parsed.InvocationConfiguration.Output.WriteLine("Example:");
                parsed.InvocationConfiguration.Output.WriteLine("  " + example);
            }

            return ExitCode.Done;
        }
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            parsed.InvocationConfiguration.Output.WriteLine("parley " + version.Split('+')[0]);
            return ExitCode.Done;
        }
    }
}
