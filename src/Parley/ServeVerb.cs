using System.CommandLine;
using Parley.Server;
using Parley.Server.Configuration;

namespace Parley;

/// <summary>`parley serve`: runs the server. Flags and faults are dealt with here, the running is <see cref="Serving"/>.</summary>
internal static class ServeVerb
{
    public static Verb Create()
    {
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = $"The configuration file; without it {ConfigurationFile.Name} in the current folder, and where there is none the catcher." };
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "The data folder; without it `parley` under $XDG_STATE_HOME, else under ~/.local/state." };
        var smtp = new Option<string[]>("--smtp") { HelpName = "HOST:PORT", Description = "Listen for SMTP here instead of where the configuration says; may be given several times. Port 0 takes a free one.", Arity = ArgumentArity.OneOrMore };
        var http = new Option<string?>("--http") { HelpName = "HOST:PORT", Description = "Listen for HTTP here instead of where the configuration says; - switches it off." };
        var command = new Command("serve", "Run the server. Prints a line `ready smtp=… http=…` when it accepts connections.") { config, data, smtp, http };
        command.SetAction(async (parsed, _) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            OpenFiles files;
            try
            {
                // Before anything else, as each step opens files.
                files = OpenFiles.OfThisProcess();
            }
            catch (TooFewOpenFilesException fault)
            {
                error.WriteLine("parley serve: " + fault.Message);
                return ExitCode.Usage;
            }

            var sources = new SettingsSources
            {
                File = ConfigurationFile.Find(parsed.GetValue(config)),
                Environment = SettingsSources.ProcessEnvironment(),
                Smtp = parsed.GetValue(smtp) ?? [],
                Http = parsed.GetValue(http),
            };
            var result = Settings.Load(sources);
            ConfigurationFile.Print(result.Faults, error);
            if (result.Settings is null)
            {
                return ExitCode.Usage;
            }

            if (DataPath.Find(parsed.GetValue(data), Environment.GetEnvironmentVariable) is not { } folder)
            {
                error.WriteLine("parley serve: neither XDG_STATE_HOME nor HOME is set, so that there is no place for the data; name one with --data");
                return ExitCode.Usage;
            }

            return await new Serving(sources, result.Settings, folder, files).Run(parsed.InvocationConfiguration.Output, error);
        });
        return new Verb(command, "parley serve --config /etc/parley/parley.json --data /var/lib/parley");
    }
}
