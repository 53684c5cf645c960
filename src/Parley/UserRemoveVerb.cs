using System.CommandLine;

namespace Parley;

/// <summary>`parley user remove`: an account is gone; its mail stays.</summary>
internal static class UserRemoveVerb
{
    public static Verb Create()
    {
        var name = UserVerb.Name();
        var data = UserVerb.Data();
        var command = new Command("remove", "Remove an account. Its mail stays.") { name, data };
        command.SetAction((parsed, _) => UserVerb.With(parsed.GetValue(data), "remove", parsed.InvocationConfiguration.Error, async store =>
        {
            if (!await store.Remove(parsed.GetValue(name)!, CancellationToken.None))
            {
                return UserVerb.NotThere(parsed, "remove", parsed.GetValue(name)!);
            }

            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetValue(name)}: removed");
            return ExitCode.Done;
        }));
        return new Verb(command, "parley user remove alice");
    }
}
