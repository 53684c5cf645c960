using System.CommandLine;
using System.CommandLine.Parsing;
using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley;

/// <summary>`parley queue`: the messages that wait to be delivered, beside a running server or without. One file an act.</summary>
internal static class QueueVerb
{
    public static Verb Create()
    {
        Verb[] acts =
        [
            QueueListVerb.Create(), QueueShowVerb.Create(), QueueRetryVerb.Create(),
            QueueHoldVerb.Create(), QueueReleaseVerb.Create(), QueueRemoveVerb.Create(),
        ];
        var command = new Command("queue", "Operate the queue: what waits to be delivered, why, and until when. A running server follows within a second.");
        foreach (var act in acts)
        {
            command.Add(act.Command);
        }

        return new Verb(command, "parley queue list --destination example.com") { Acts = acts };
    }

    public static Option<bool> Json() => new("--json") { Description = "Print JSON, as the API does." };

    /// <summary>An act that changes entries: those that are named, those that pass a filter, or all.</summary>
    /// <param name="name">The act's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="change">The change.</param>
    /// <param name="done">What has been done, behind the number of entries.</param>
    /// <param name="doneToOne">The same behind "1 entry", where that differs.</param>
    public static Verb Changing(string name, string description, QueueChange change, string done, string? doneToOne = null)
    {
        var ids = new Argument<string[]>("ID") { Description = "The entries' names, as `parley queue list` shows them.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Every entry of the queue." };
        var filters = new QueueFilters();
        var place = new QueuePlace();
        var json = Json();
        var command = new Command(name, description) { ids, all, json };
        filters.AddTo(command);
        place.AddTo(command);
        command.SetAction((parsed, cancellation) => place.With(parsed, name, async store =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var named = parsed.GetValue(ids)!;
            if (named.Length == 0 && !filters.Any(parsed) && !parsed.GetValue(all))
            {
                error.WriteLine($"parley queue {name}: name the entries, give a filter such as --recipient, or say --all");
                return ExitCode.Usage;
            }

            var names = named.Distinct(StringComparer.Ordinal).ToList();
            void LeftAlone(string text, string why) => error.WriteLine($"parley queue {name}: {text} {why}");
            var changed = names.Count > 0
                ? await store.Change(await Named(store, names, (filters.Read(parsed), change), LeftAlone, cancellation), change, cancellation)
                : await QueuePages.Change(store, filters.Read(parsed), change, cancellation);
            output.WriteLine(parsed.GetValue(json) ? $"{{ \"changed\": {changed} }}" : changed == 1 ? $"1 entry {doneToOne ?? done}" : $"{changed} entries {done}");
            return changed > 0 && changed >= names.Count ? ExitCode.Done : ExitCode.No;
        }));
        return new Verb(command, $"parley queue {name} --recipient @example.com");
    }

    /// <summary>Whether a change does anything to an entry.</summary>
    public static bool Moves(QueueChange change, QueueEntry entry) => entry.Recipients.Any(recipient => (change, recipient.State) switch
    {
        (QueueChange.Release, var state) => state == RecipientState.Held,
        (QueueChange.Retry, var state) => state is RecipientState.Waiting or RecipientState.Deferred or RecipientState.Active,
        _ => true,
    });

    private static async Task<IReadOnlyList<QueueId>> Named(
        IQueueStore store, IReadOnlyList<string> names, (QueueFilter Filter, QueueChange Change) wanted, Action<string, string> leftAlone, CancellationToken cancellation)
    {
        var found = new List<QueueId>();
        foreach (var text in names)
        {
            if (!QueueId.TryParse(text, out var id) || await store.FindEntry(id, cancellation) is not { } entry)
            {
                leftAlone(text, "is not in the queue; `parley queue list` shows what is");
            }
            else if (!wanted.Filter.Matches(entry))
            {
                leftAlone(text, "does not pass the filters");
            }
            else if (!Moves(wanted.Change, entry))
            {
                leftAlone(text, wanted.Change == QueueChange.Release ? "is not held" : "is held; `parley queue release` takes it back");
            }
            else
            {
                found.Add(id);
            }
        }

        return found;
    }
}

/// <summary>The filters that entries are chosen by.</summary>
internal sealed class QueueFilters
{
    private readonly Option<string?> sender = new("--sender") { HelpName = "TEXT", Description = "Entries whose sender holds this text; <> for the null sender." };
    private readonly Option<string?> recipient = new("--recipient") { HelpName = "TEXT", Description = "Entries with a recipient that holds this text." };
    private readonly Option<string?> destination = new("--destination") { HelpName = "NAME", Description = "Entries with a recipient of this domain, or whose mail goes there: smtp:HOST:PORT or lmtp:HOST:PORT." };
    private readonly Option<string?> cause = new("--cause") { HelpName = "TEXT", Description = "Entries whose last reply holds this text." };
    private readonly Option<RecipientState?> state = new("--state")
    {
        HelpName = "STATE",
        Description = "Entries with a recipient in this state: waiting, active, deferred, held, delivered, failed.",
        CustomParser = ReadState,
    };
    private readonly Option<string?> olderThan = new("--older-than") { HelpName = "AGE", Description = "Entries that came before this time ago, such as 30m, 4h or 2d." };

    public QueueFilters()
    {
        // A variable of a script that came out empty must not choose the whole queue.
        foreach (var option in new[] { recipient, destination, cause })
        {
            option.Validators.Add(found =>
            {
                if (found.GetValueOrDefault<string?>() is { Length: 0 })
                {
                    found.AddError($"{option.Name} is empty; give a text, or leave it out");
                }
            });
        }

        olderThan.Validators.Add(found =>
        {
            if (found.GetValueOrDefault<string?>() is { } text && Server.Configuration.Reading.Durations.Parse(text) is null)
            {
                found.AddError($"\"{text}\" is not an age; write a number and ms, s, m, h or d, such as 4h");
            }
        });
    }

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    public bool Any(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    public QueueFilter Read(ParseResult parsed) => new()
    {
        Sender = parsed.GetValue(sender) is "" ? "<>" : parsed.GetValue(sender),
        Recipient = parsed.GetValue(recipient),
        Destination = parsed.GetValue(destination),
        Cause = parsed.GetValue(cause),
        State = parsed.GetValue(state),
        QueuedBefore = parsed.GetValue(olderThan) is { } age ? TimeProvider.System.GetUtcNow() - Server.Configuration.Reading.Durations.Parse(age) : null,
        Limit = QueuePages.Size,
    };

    private static RecipientState? ReadState(ArgumentResult found)
    {
        var text = found.Tokens.Count > 0 ? found.Tokens[0].Value : string.Empty;
        foreach (var known in Enum.GetValues<RecipientState>())
        {
            if (string.Equals(known.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        found.AddError($"\"{text}\" is no state; write one of {string.Join(", ", Enum.GetNames<RecipientState>()).ToLowerInvariant()}");
        return null;
    }

    private Option[] All => [sender, recipient, destination, cause, state, olderThan];
}

/// <summary>Where the queue is.</summary>
internal sealed class QueuePlace
{
    private readonly Option<string?> config = new("--config") { HelpName = "FILE", Description = "The configuration file, as for `parley serve`; it is checked." };
    private readonly Option<string?> data = new("--data") { HelpName = "DIR", Description = "The data folder, as for `parley serve`." };

    public void AddTo(Command command)
    {
        command.Add(config);
        command.Add(data);
    }

    /// <summary>Does an act on the queue of the data folder; what stands in its way is said in one line.</summary>
    public async Task<int> With(ParseResult parsed, string verb, Func<IQueueStore, Task<int>> act)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (parsed.GetValue(config) is { } file)
        {
            var result = Settings.Load(new SettingsSources { File = file, Environment = SettingsSources.ProcessEnvironment() });
            ConfigurationFile.Print(result.Faults, error);
            if (result.Settings is null)
            {
                return ExitCode.Usage;
            }
        }

        if (DataPath.Find(parsed.GetValue(data), Environment.GetEnvironmentVariable) is not { } folder)
        {
            error.WriteLine($"parley queue {verb}: neither XDG_STATE_HOME nor HOME is set, so that there is no place for the data; name one with --data");
            return ExitCode.Usage;
        }

        try
        {
            await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder, Beside = true });
            return await act(store);
        }
        catch (StoreUnusableException fault)
        {
            error.WriteLine($"parley queue {verb}: {fault.Message}");
            return ExitCode.Usage;
        }
        catch (Exception fault) when (StoreHealth.IsDamage(fault))
        {
            error.WriteLine($"parley queue {verb}: {folder}: {fault.Message}; {StoreHealth.Advice}");
            return ExitCode.Usage;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"parley queue {verb}: {folder}: {fault.Message}; run it as the user that the server runs as, or name another folder with --data");
            return ExitCode.Usage;
        }
    }
}

/// <summary>The whole of a filtered queue, a page at a time.</summary>
internal static class QueuePages
{
    public const int Size = 1000;

    public static async IAsyncEnumerable<IReadOnlyList<QueueEntry>> Of(
        IQueueStore store, QueueFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var page = await store.ListQueue(filter, cancellation);
            yield return page.Entries;
            if (page.Next is not { } next)
            {
                yield break;
            }

            filter = filter with { After = next };
        }
    }

    /// <summary>Changes those entries to which the change does anything; answers how many they were.</summary>
    public static async Task<int> Change(IQueueStore store, QueueFilter filter, QueueChange change, CancellationToken cancellation)
    {
        var changed = 0;
        await foreach (var page in Of(store, filter, cancellation))
        {
            changed += await store.Change([.. page.Where(entry => QueueVerb.Moves(change, entry)).Select(entry => entry.Id)], change, cancellation);
        }

        return changed;
    }
}
