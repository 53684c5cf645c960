using System.CommandLine;
using Parley.Console.Api;
using Parley.Server.Queue;

namespace Parley;

/// <summary>`parley queue show`: one entry, with what each reply means.</summary>
internal static class QueueShowVerb
{
    public static Verb Create()
    {
        var id = new Argument<string>("ID") { Description = "The entry's name, as `parley queue list` shows it." };
        var json = QueueVerb.Json();
        var language = ReaderLanguage.Option();
        var place = new QueuePlace();
        var command = new Command("show", "Show one entry: each recipient with its state, its next attempt, what was said at the last one and what that means.") { id, json, language };
        place.AddTo(command);
        command.SetAction((parsed, cancellation) => place.With(parsed, "show", async store =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (!QueueId.TryParse(parsed.GetValue(id), out var name) || await store.FindEntry(name, cancellation) is not { } entry)
            {
                error.WriteLine($"parley queue show: the queue has no entry {parsed.GetValue(id)}; `parley queue list` shows those that it has");
                return ExitCode.No;
            }

            var catalogue = ReaderLanguage.Load(parsed.GetValue(language), Environment.GetEnvironmentVariable);
            var item = QueueItem.Of(entry, new ReplyMeanings(catalogue));
            if (parsed.GetValue(json))
            {
                output.WriteLine(QueueJson.Of(item));
                return ExitCode.Done;
            }

            new QueueText(output, TimeProvider.System.GetUtcNow()).Write(entry);
            var explanations = item.Recipients.Select(recipient => recipient.Explanation).OfType<Codes.ReplyExplanation>()
                .DistinctBy(explanation => explanation.Input).ToList();
            if (explanations.Count > 0)
            {
                output.WriteLine();
                Screen.Of(catalogue, output).Write(explanations);
            }

            return ExitCode.Done;
        }));
        return new Verb(command, "parley queue show 0c9x2k4m8p1r");
    }
}
