using System.CommandLine;
using Parley.Server.Accounts;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley;

/// <summary>`parley user`: the accounts in the data folder, beside a running server or without. One file an act.</summary>
internal static class UserVerb
{
    public static Verb Create()
    {
        Verb[] acts =
        [
            UserAddVerb.Create(), UserListVerb.Create(), UserPasswordVerb.Create(),
            UserDisableVerb.Create(), UserEnableVerb.Create(), UserRemoveVerb.Create(),
        ];
        var command = new Command("user", "Operate the accounts in the data folder; a running server sees each change with the next login.");
        foreach (var act in acts)
        {
            command.Add(act.Command);
        }

        return new Verb(command, "parley user add alice --address alice@example.org") { Acts = acts };
    }

    public static Argument<string> Name() => new("NAME") { Description = "The account's name; it may be an address. Capitals and small letters are the same." };

    public static Option<string?> Data() => new("--data") { HelpName = "DIR", Description = "The data folder, as for `parley serve`." };

    public static Option<string?> PasswordFile() => new("--password-file")
    {
        HelpName = "FILE|-",
        Description = "Read the password, or its SCRAM keys, from the first line of this file or (-) of standard input; without it you are asked.",
    };

    /// <summary>Does an act on the accounts of the data folder; what stands in its way is said in one line.</summary>
    public static async Task<int> With(
        string? data, string verb, TextWriter error, Func<IAccountStore, Task<int>> act)
    {
        if (DataPath.Find(data, Environment.GetEnvironmentVariable) is not { } folder)
        {
            error.WriteLine($"parley user {verb}: neither XDG_STATE_HOME nor HOME is set, so that there is no place for the data; name one with --data");
            return ExitCode.Usage;
        }

        // Only a first account may be there before the server's first start; else the folder is misspelt.
        if (verb != "add" && !File.Exists(Path.Combine(folder, SqliteQueueStore.FileName)))
        {
            error.WriteLine($"parley user {verb}: {folder} holds no accounts; name the server's data folder with --data");
            return ExitCode.Usage;
        }

        try
        {
            using var store = await SqliteAccountStore.Open(folder);
            return await act(store);
        }
        catch (StoreUnusableException fault)
        {
            error.WriteLine($"parley user {verb}: {fault.Message}");
            return ExitCode.Usage;
        }
        catch (Exception fault) when (StoreHealth.IsDamage(fault))
        {
            error.WriteLine($"parley user {verb}: {folder}: {fault.Message}; {StoreHealth.Advice}");
            return ExitCode.Usage;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"parley user {verb}: {folder}: {fault.Message}; run it as the user that the server runs as, or name another folder with --data");
            return ExitCode.Usage;
        }
    }

    /// <summary>Changes an account that must be there.</summary>
    public static Task<int> Change(
        ParseResult parsed, (string? Data, string Name) which, string verb, Func<Account, Account> change, string done) =>
        With(which.Data, verb, parsed.InvocationConfiguration.Error, async store =>
        {
            if (await store.Find(which.Name, CancellationToken.None) is not { } account
                || !await store.Replace(change(account), CancellationToken.None))
            {
                return NotThere(parsed, verb, which.Name);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"{account.Name}: {done}");
            return ExitCode.Done;
        });

    public static int NotThere(ParseResult parsed, string verb, string name)
    {
        parsed.InvocationConfiguration.Error.WriteLine(
            $"parley user {verb}: there is no account {name} here; `parley user list` shows those that are (accounts of the configuration are changed there)");
        return ExitCode.No;
    }
}
