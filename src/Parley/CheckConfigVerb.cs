using System.CommandLine;
using Parley.Server.Configuration;
using Parley.Server.Configuration.Keys;

namespace Parley;

/// <summary>`parley check-config`: every fault of the configuration, each with its place and mend.</summary>
internal static class CheckConfigVerb
{
    public static Verb Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = $"The configuration file; without it {ConfigurationFile.Name} in the current folder, and where there is none the environment alone.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON schema of the configuration instead." };
        var command = new Command("check-config", "Check the configuration (the file and PARLEY__… variables): every fault in one run, with its place and mend.") { file, schema };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(schema))
            {
                output.Write(SettingsSchema.Write());
                return ExitCode.Done;
            }

            return Check(ConfigurationFile.Find(parsed.GetValue(file)), output, parsed.InvocationConfiguration.Error);
        });
        return new Verb(command, "parley check-config /etc/parley/parley.json");
    }

    private static int Check(string? file, TextWriter output, TextWriter error)
    {
        var result = Settings.Load(new SettingsSources { File = file, Environment = SettingsSources.ProcessEnvironment() });
        ConfigurationFile.Print(result.Faults, error);
        if (result.Settings is null)
        {
            return ExitCode.Usage;
        }

        var warnings = result.Faults.Count == 0 ? "" : result.Faults.Count == 1 ? ", 1 warning" : $", {result.Faults.Count} warnings";
        output.WriteLine($"{file ?? "no configuration file"}: OK ({(result.Settings.IsCatcher ? "catcher" : "server")}{warnings})");
        return ExitCode.Done;
    }
}
