using System.Globalization;
using Parley.Bench.Measuring;

namespace Parley.Bench.Peers;

/// <summary>
/// Postfix with its real, flushed queue in a folder of its own; what it accepted it hands to its discard transport.
/// Nothing throttles it: see <see cref="PostfixConfiguration"/>.
/// </summary>
public sealed class PostfixPeer : IPeer
{
    private readonly string _postfix;
    private readonly string _folder;

    private readonly int _master;
    private readonly Child? _dovecot;

    private PostfixPeer(string postfix, string folder, int port, (int Master, Child? Dovecot) processes)
    {
        _postfix = postfix;
        _folder = folder;
        Port = port;
        (_master, _dovecot) = processes;
    }

    public string Name => "Postfix";

    public int Port { get; }

    public IReadOnlyList<int> RootProcesses => _dovecot is null ? [_master] : [_master, _dovecot.Id];

    public int Backlog
        => new[] { "incoming", "active", "maildrop" }.Sum(queue =>
            Directory.EnumerateFiles(Path.Combine(_folder, "queue", queue), "*", SearchOption.AllDirectories).Count());

    /// <param name="folder">Where it lives.</param>
    /// <param name="setup">What it does besides accepting.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<PostfixPeer> StartAsync(string folder, PostfixSetup setup, CancellationToken cancel)
    {
        var postfix = Installation.Tool("postfix", "postfix");
        if (!Environment.IsPrivilegedProcess)
        {
            throw new BenchException("Postfix starts as root only, as its processes change their user; run the bench as root.");
        }

        var port = FreePort.Pick();
        await PostfixConfiguration.WriteAsync(folder, port, setup, cancel);
        var dovecot = setup.Login is null ? null : await Dovecot.StartAsync(folder, setup.Login, cancel);
        try
        {
            await CommandAsync(postfix, folder, "start", cancel);
            await FreePort.AcceptsAsync(port, "Postfix", cancel);
            return new PostfixPeer(postfix, folder, port, (await MasterProcessAsync(folder, cancel), dovecot));
        }
        catch (Exception fault)
        {
            await CommandAsync(postfix, folder, "stop", CancellationToken.None);
            await StopAsync(dovecot);
            throw fault is BenchException ? new BenchException($"{fault.Message} Its log ends: {await LogEndAsync(folder)}") : fault;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // "stop" waits for the processes to end; those that wait for a client are then told again, by their ids.
        var all = ProcessTree.Ids(_master);
        await CommandAsync(_postfix, _folder, "stop", CancellationToken.None);
        foreach (var process in all.Where(id => Directory.Exists($"/proc/{id}")))
        {
            NativeMethods.Kill(process, NativeMethods.SigTerm);
        }

        await StopAsync(_dovecot);
    }

    private static ValueTask StopAsync(Child? dovecot) => dovecot?.DisposeAsync() ?? ValueTask.CompletedTask;

    // "stop" answers 1 where nothing runs any more.
    private static Task CommandAsync(string postfix, string folder, string command, CancellationToken cancel)
        => Child.RunAsync(postfix, ["-c", Path.Combine(folder, "etc"), command], cancel, command == "stop" ? [1] : []);

    // The master holds a lock on this file, and .NET asks for one whenever it opens a file; cat does not.
    private static async Task<int> MasterProcessAsync(string folder, CancellationToken cancel)
    {
        var text = await Child.RunAsync(
            Installation.Tool("cat", "coreutils"), [Path.Combine(folder, "queue", "pid", "master.pid")], cancel);
        return int.Parse(text, CultureInfo.InvariantCulture);
    }

    private static async Task<string> LogEndAsync(string folder)
    {
        var log = Path.Combine(folder, "maillog");
        return File.Exists(log) ? string.Join('\n', (await File.ReadAllLinesAsync(log)).TakeLast(5)) : "(empty)";
    }
}
