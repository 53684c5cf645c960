using System.CommandLine;
using Parley.Codes;

namespace Parley;

/// <summary>`parley compare`: two codes side by side. Loads one language and starts no host.</summary>
internal static class CompareVerb
{
    public static Verb Create()
    {
        var a = new Argument<string>("A") { Description = "A reply code (334) or an enhanced code (5.1.1)." };
        var b = new Argument<string>("B") { Description = "The code to compare it with." };
        var language = ReaderLanguage.Option();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("compare", "Compare two codes: what each means, how they differ, when to use which.") { a, b, language, json };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var catalogue = ReaderLanguage.Load(parsed.GetValue(language), Environment.GetEnvironmentVariable);
            var (codeA, codeB) = (parsed.GetValue(a)!, parsed.GetValue(b)!);
            if (catalogue.Compare(codeA, codeB) is not { } comparison)
            {
                var unknown = catalogue.Explain(codeA) is null ? codeA : codeB;
                error.WriteLine($"parley compare: no standard or registry known here uses {unknown}; `parley explain {unknown}` may know its text");
                return ExitCode.No;
            }

            if (comparison.A.Code == comparison.B.Code)
            {
                error.WriteLine($"parley compare: both are {comparison.A.Code}; give two codes, or use `parley explain {comparison.A.Code}`");
                return ExitCode.Usage;
            }

            if (parsed.GetValue(json))
            {
                output.WriteLine(CodesJson.Write(comparison));
            }
            else
            {
                Screen.Of(catalogue, output).Write(comparison);
            }

            return ExitCode.Done;
        });
        return new Verb(command, "parley compare 334 550");
    }
}
