using System.Collections.Concurrent;
using Parley.Server.Accounts;
using Parley.Smtp.Sasl;

namespace Parley.Server.Tests.Dialogues;

/// <summary>
/// The dialogues are the specification. A folder is one server with its <c>parley.json</c> and, where there is one, the
/// accounts of <c>accounts.txt</c>; every <c>.smtp</c> file in it is played against it whole, and again cut into pieces
/// of one and of seven octets.
/// </summary>
public sealed class DialogueTests(DialogueServers servers) : IClassFixture<DialogueServers>
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Dialogues");

    public static TheoryData<string, int> Files()
    {
        var data = new TheoryData<string, int>();
        foreach (var path in Directory.EnumerateFiles(Root, "*.smtp", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var pieces in new[] { int.MaxValue, 7, 1 })
            {
                data.Add(Path.GetRelativePath(Root, path), pieces);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_dialogue_goes_as_it_is_written(string file, int pieces)
    {
        var path = Path.Combine(Root, file);
        var server = await servers.For(Path.GetDirectoryName(path)!);
        await using var client = new DialogueClient(server.Addresses[0], pieces);
        var difference = await client.Play(Dialogue.Read(path));
        Assert.True(difference is null, difference);
    }

    [Fact]
    public void Every_kind_of_refusal_has_a_dialogue()
    {
        var said = Directory.EnumerateFiles(Root, "*.smtp", SearchOption.AllDirectories)
            .SelectMany(path => Dialogue.Read(path).Steps)
            .Where(step => step.Who == 'S' && step.Text.Length > 3)
            .Select(step => step.Text[..3])
            .ToHashSet(StringComparer.Ordinal);
        string[] wanted = ["220", "221", "214", "235", "250", "252", "334", "354", "421", "432", "452", "500", "501", "502", "503", "504", "525", "530", "534", "535", "538", "550", "552", "553", "554", "555"];
        Assert.Empty(wanted.Except(said));
    }
}

/// <summary>A running server for each folder of dialogues, started when the first of them is played.</summary>
public sealed class DialogueServers : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TestServer>>> running = new(StringComparer.Ordinal);

    internal async Task<ParleyServer> For(string folder) =>
        (await running.GetOrAdd(folder, f => new Lazy<Task<TestServer>>(() => TestServer.FromFile(Path.Combine(f, "parley.json"), People(f)))).Value).Server;

    private static Account[] People(string folder)
    {
        var file = Path.Combine(folder, "accounts.txt");
        return File.Exists(file) ? [.. File.ReadLines(file).Where(line => !line.StartsWith('#')).Select(line => Person(line.Split(' ')))] : [];
    }

    private static Account Person(string[] words)
    {
        var account = Accounts.People.Make(words[0], words[0]);
        return words[1] switch
        {
            "cram-md5" => account with { ReadableSecret = Secret.FromText(Accounts.People.Password) },
            "scram-only" => account with { ScramOnly = true },
            "disabled" => account with { State = AccountState.Disabled },
            "must-change-password" => account with { State = AccountState.MustChangePassword },
            var other => throw new FormatException($"{words[0]}: {other} is not known here"),
        };
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in running.Values)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
