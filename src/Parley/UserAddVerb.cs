using System.CommandLine;
using System.Text;
using Parley.Server.Accounts;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sasl;

namespace Parley;

/// <summary>`parley user add`: a new account.</summary>
internal static class UserAddVerb
{
    public static Verb Create()
    {
        var name = UserVerb.Name();
        var address = new Option<string[]>("--address") { HelpName = "A", Description = "An address that the account may send from; may be given several times.", Arity = ArgumentArity.OneOrMore };
        var password = UserVerb.PasswordFile();
        var cram = new Option<bool>("--cram-md5") { Description = "Keep the password readable in the store, for a device that knows nothing but CRAM-MD5." };
        var scram = new Option<bool>("--scram-only") { Description = "Refuse PLAIN, LOGIN and CRAM-MD5 for this account (534)." };
        var data = UserVerb.Data();
        var command = new Command("add", "Add an account.") { name, address, password, cram, scram, data };
        command.SetAction(async (parsed, _) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (Prepare(parsed.GetValue(name)!, parsed.GetValue(address) ?? [], error) is not { } account)
            {
                return ExitCode.Usage;
            }

            using var secret = PasswordInput.Read(parsed.GetValue(password), "user add", error);
            if (secret is null || WithPassword(account, secret, parsed.GetValue(cram), error) is not { } complete)
            {
                return ExitCode.Usage;
            }

            return await UserVerb.With(parsed.GetValue(data), "add", error, async store =>
            {
                if (!await store.Add(complete with { ScramOnly = parsed.GetValue(scram) }, CancellationToken.None))
                {
                    error.WriteLine($"parley user add: {account.Name} is there already; `parley user password {account.Name}` changes its password");
                    return ExitCode.No;
                }

                output.WriteLine($"{account.Name}: added");
                return ExitCode.Done;
            });
        });
        return new Verb(command, "parley user add alice --address alice@example.org --password-file -");
    }

    private static Account? Prepare(string name, string[] addresses, TextWriter error)
    {
        if (!SaslPrep.TryPrepare(Encoding.UTF8.GetBytes(name), out var prepared) || prepared.Length is 0 or > Account.MaximumNameLength)
        {
            error.WriteLine("parley user add: the name is empty, longer than 255 octets or holds a control character; take another");
            return null;
        }

        var mailboxes = addresses.Select(text => (Text: text, Mailbox: Mailbox.Parse(text))).ToList();
        if (mailboxes.FirstOrDefault(address => address.Mailbox is null) is { Text: { } wrong })
        {
            error.WriteLine($"parley user add: \"{wrong}\" is not an address; write it as name@domain");
            return null;
        }

        return new Account { Name = Encoding.UTF8.GetString(prepared), Addresses = [.. mailboxes.Select(address => address.Mailbox!)] };
    }

    private static Account? WithPassword(Account account, Secret secret, bool keepReadable, TextWriter error)
    {
        var complete = NewPassword.TrySet(account, secret.Octets, keepReadable, out var why);
        if (why is not null)
        {
            error.WriteLine("parley user add: " + why);
        }

        return complete;
    }
}
