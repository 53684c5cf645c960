namespace Parley.Bench;

/// <summary>What is going on, on standard error; the results alone go to standard output.</summary>
internal static class Progress
{
    public static void Say(string what) => Console.Error.WriteLine(what);
}
