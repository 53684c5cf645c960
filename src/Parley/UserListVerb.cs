using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parley.Server.Accounts;
using Parley.Smtp.Sasl;

namespace Parley;

/// <summary>`parley user list`: the accounts, without anything secret.</summary>
internal static class UserListVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Verb Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var data = UserVerb.Data();
        var command = new Command("list", "List the accounts of the data folder, one a line: name, state, mechanisms, addresses.") { json, data };
        command.SetAction((parsed, _) => UserVerb.With(parsed.GetValue(data), "list", parsed.InvocationConfiguration.Error, async store =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var accounts = await store.List(CancellationToken.None);
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(accounts.Select(Row), Json));
                return ExitCode.Done;
            }

            foreach (var row in accounts.Select(Row))
            {
                output.WriteLine($"{row.Name}\t{row.State}\t{string.Join(',', row.Mechanisms)}\t{string.Join(' ', row.Addresses)}".TrimEnd());
            }

            return ExitCode.Done;
        }));
        return new Verb(command, "parley user list --json");
    }

    private static AccountRow Row(Account account) => new(
        account.Name,
        account.State switch
        {
            AccountState.Disabled => "disabled",
            AccountState.MustChangePassword => "must-change-password",
            _ => "active",
        },
        [.. Mechanisms(account)],
        [.. account.Addresses.Select(address => address.ToString())]);

    private static IEnumerable<string> Mechanisms(Account account)
    {
        var keys = ScramHash.All.Where(hash => account.Keys(hash) is not null).Select(hash => hash.Mechanism).Reverse();
        return account.ScramOnly
            ? keys
            : [.. keys, "PLAIN", "LOGIN", .. account.ReadableSecret is null ? Array.Empty<string>() : ["CRAM-MD5"]];
    }

    private sealed record AccountRow(string Name, string State, IReadOnlyList<string> Mechanisms, IReadOnlyList<string> Addresses);
}
