using System.CommandLine;
using Parley.Server.Accounts;

namespace Parley;

/// <summary>`parley user disable`: an account that may not log in for now.</summary>
internal static class UserDisableVerb
{
    public static Verb Create()
    {
        var name = UserVerb.Name();
        var change = new Option<bool>("--until-password-change") { Description = "Only until `parley user password`: the client is told to change it (432) instead of that the account is off (525)." };
        var data = UserVerb.Data();
        var command = new Command("disable", "Switch an account off; who has its password is told so (525), and nobody else.") { name, change, data };
        command.SetAction((parsed, _) =>
        {
            var until = parsed.GetValue(change);
            return UserVerb.Change(
                parsed,
                (parsed.GetValue(data), parsed.GetValue(name)!),
                "disable",
                account => account with { State = until ? AccountState.MustChangePassword : AccountState.Disabled },
                until ? "disabled until its password is changed" : "disabled");
        });
        return new Verb(command, "parley user disable alice");
    }
}
