using Parley.LoadClient;

// Reads and writes complete on the thread that saw the socket ready: a client that costs less leaves more to the server.
// It must be set before the first socket exists; no code here blocks.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
var parsed = CommandLine.Root().Parse(args);
if (parsed.Errors.Count == 0)
{
    return await parsed.InvokeAsync();
}

foreach (var error in parsed.Errors)
{
    await Console.Error.WriteLineAsync($"parley-load: {error.Message} See parley-load --help.");
}

return 2;
