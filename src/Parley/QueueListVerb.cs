using System.CommandLine;
using Parley.Console.Api;

namespace Parley;

/// <summary>`parley queue list`: what waits, for whom, since when, and what was said.</summary>
internal static class QueueListVerb
{
    public static Verb Create()
    {
        var filters = new QueueFilters();
        var place = new QueuePlace();
        var json = QueueVerb.Json();
        var language = ReaderLanguage.Option();
        var command = new Command("list", "List the entries of the queue, oldest first: each with its recipients, and what each of them waits for.") { json, language };
        filters.AddTo(command);
        place.AddTo(command);
        command.SetAction((parsed, cancellation) => place.With(parsed, "list", async store =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var entries = QueuePages.Entries(store, filters.Read(parsed), cancellation);
            if (parsed.GetValue(json))
            {
                var catalogue = ReaderLanguage.Load(parsed.GetValue(language), Environment.GetEnvironmentVariable);
                var items = new List<QueueItem>();
                await foreach (var entry in entries)
                {
                    items.Add(QueueItem.Of(entry, catalogue));
                }

                output.WriteLine(QueueText.Json(new QueueList(items, Next: null)));
                return ExitCode.Done;
            }

            var text = new QueueText(output, TimeProvider.System.GetUtcNow());
            await foreach (var entry in entries)
            {
                text.Write(entry);
            }

            return ExitCode.Done;
        }));
        return new Verb(command, "parley queue list --older-than 4h --destination example.com");
    }
}
