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
            using var output = new LongOutput(parsed.InvocationConfiguration.Output);
            using var list = parsed.GetValue(json)
                ? new QueueJson(output.Text, new ReplyMeanings(ReaderLanguage.Load(parsed.GetValue(language), Environment.GetEnvironmentVariable)))
                : null;
            var text = new QueueText(output.Text, TimeProvider.System.GetUtcNow());
            await foreach (var page in QueuePages.Of(store, filters.Read(parsed), cancellation))
            {
                foreach (var entry in page)
                {
                    if (list is null)
                    {
                        text.Write(entry);
                    }
                    else
                    {
                        list.Write(entry);
                    }
                }

                if (!output.Flush())
                {
                    return ExitCode.Done;
                }
            }

            list?.End();
            return ExitCode.Done;
        }));
        return new Verb(command, "parley queue list --older-than 4h --destination example.com");
    }
}
