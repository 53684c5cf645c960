namespace Parley;

/// <summary>The program `parley`: one file a verb, listed in <see cref="Verbs"/>.</summary>
internal static class Program
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static async Task<int> Main(string[] arguments)
    {
        // Socket operations complete on the thread that polls, which halves the CPU of a message. The runtime reads this
        // before the first socket exists and never again, so it comes first; whoever sets it to 0 keeps the thread pool.
        Environment.SetEnvironmentVariable(InlineCompletions, Environment.GetEnvironmentVariable(InlineCompletions) ?? "1");

        return await CommandLine.Run(arguments, System.Console.Out, System.Console.Error);
    }
}
