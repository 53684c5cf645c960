using System.CommandLine;
using Parley.Server.Accounts;

namespace Parley;

/// <summary>`parley user password`: another password for an account.</summary>
internal static class UserPasswordVerb
{
    public static Verb Create()
    {
        var name = UserVerb.Name();
        var password = UserVerb.PasswordFile();
        var data = UserVerb.Data();
        var command = new Command("password", "Change an account's password. An account for CRAM-MD5 stays one.") { name, password, data };
        command.SetAction((parsed, _) => UserVerb.With(parsed.GetValue(data), "password", parsed.InvocationConfiguration.Error, async store =>
        {
            var error = parsed.InvocationConfiguration.Error;
            if (await store.Find(parsed.GetValue(name)!, CancellationToken.None) is not { } account)
            {
                return UserVerb.NotThere(parsed, "password", parsed.GetValue(name)!);
            }

            using var secret = PasswordInput.Read(parsed.GetValue(password), "user password", error);
            if (secret is null)
            {
                return ExitCode.Usage;
            }

            if (NewPassword.TrySet(account, secret.Octets, account.ReadableSecret is not null, out var why) is not { } changed)
            {
                error.WriteLine("parley user password: " + why);
                return ExitCode.Usage;
            }

            if (!await store.Replace(changed, CancellationToken.None))
            {
                return UserVerb.NotThere(parsed, "password", account.Name);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"{account.Name}: password changed");
            return ExitCode.Done;
        }));
        return new Verb(command, "parley user password alice --password-file new-password");
    }
}
