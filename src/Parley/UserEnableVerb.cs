using System.CommandLine;
using Parley.Server.Accounts;

namespace Parley;

/// <summary>`parley user enable`: an account may log in again.</summary>
internal static class UserEnableVerb
{
    public static Verb Create()
    {
        var name = UserVerb.Name();
        var data = UserVerb.Data();
        var command = new Command("enable", "Switch an account on again.") { name, data };
        command.SetAction((parsed, _) => UserVerb.Change(
            parsed,
            (parsed.GetValue(data), parsed.GetValue(name)!),
            "enable",
            account => account with { State = AccountState.Active },
            "enabled"));
        return new Verb(command, "parley user enable alice");
    }
}
