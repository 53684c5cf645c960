using System.CommandLine;
using Parley.Codes;

namespace Parley;

/// <summary>`parley explain`: what a code or a pasted text means. Loads one language and starts no host.</summary>
internal static class ExplainVerb
{
    private const string StandardInput = "-";

    public static Verb Create()
    {
        var words = new Argument<string[]>("CODE|TEXT")
        {
            Description = "A reply code (550), an enhanced code (5.1.1), a reply, a log line or a bounce; - reads a text or a whole session from standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var language = ReaderLanguage.Option();
        var json = new Option<bool>("--json") { Description = "Print JSON: an object for a code, an array for a text." };
        var command = new Command("explain", "Explain a reply: what it means, whose move it is, whether to retry, how to fix it.") { words, language, json };
        command.SetAction(async (parsed, cancelled) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var catalogue = ReaderLanguage.Load(parsed.GetValue(language), Environment.GetEnvironmentVariable);
            var text = string.Join(' ', parsed.GetValue(words)!);
            if (text != StandardInput && Catalogue.IsCode(text))
            {
                return Code(catalogue, text, parsed.GetValue(json), output, error);
            }

            return Text(catalogue, text == StandardInput ? await Read(System.Console.In, cancelled) : text, parsed.GetValue(json), output, error);
        });
        return new Verb(command, "parley explain \"550 5.7.1 Relay access denied\"");
    }

    private static int Code(Catalogue catalogue, string code, bool json, TextWriter output, TextWriter error)
    {
        if (catalogue.Explain(code) is not { } explanation)
        {
            error.WriteLine($"parley explain: no standard, registry or provider known here uses {code.Trim()}; explain the whole reply instead, with its text");
            return ExitCode.No;
        }

        if (json)
        {
            output.WriteLine(CodesJson.Write(explanation));
        }
        else
        {
            Screen.Of(catalogue, output).Write(explanation);
        }

        return ExitCode.Done;
    }

    private static int Text(Catalogue catalogue, string text, bool json, TextWriter output, TextWriter error)
    {
        var found = Explainer.Explain(catalogue, text);
        if (json)
        {
            output.WriteLine(CodesJson.Write(found));
        }
        else if (found.Count > 0)
        {
            Screen.Of(catalogue, output).Write(found);
        }

        if (found.Count == 0)
        {
            error.WriteLine("parley explain: no reply was found in this text; give the line with the three-digit code, or the lines around it");
            return ExitCode.No;
        }

        return ExitCode.Done;
    }

    // No more than is read of a text anyway: a pipe may be endless.
    private static async Task<string> Read(TextReader input, CancellationToken cancelled)
    {
        var buffer = new char[Explainer.MaxCharacters];
        var length = await input.ReadBlockAsync(buffer, cancelled);
        return new string(buffer, 0, length);
    }
}
