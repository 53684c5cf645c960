using System.CommandLine;
using Parley.Bench;

if (!OperatingSystem.IsLinux())
{
    await Console.Error.WriteLineAsync("bench: it reads /proc and starts Postfix, so it runs on Linux only.");
    return 2;
}

var parsed = CommandLine.Root().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync($"bench: {error.Message} See bench/run --help.");
    }

    return 2;
}

// After Ctrl-C the servers that were started still have to be stopped.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
