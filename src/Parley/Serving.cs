using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Parley.Console;
using Parley.Server;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Server.Journal;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;

namespace Parley;

/// <summary>A server from its start to its end: everything is put together here, in the order in which it is needed.</summary>
internal sealed partial class Serving(SettingsSources sources, Settings settings, string dataFolder, OpenFiles files)
{
    public async Task<int> Run(TextWriter output, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var loggers = Loggers();
        try
        {
            await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = dataFolder, Retention = Retention(settings), MostContents = files.Contents });
            LogStore(loggers.CreateLogger("Parley.Store"), dataFolder, SqliteQueueStore.LibraryVersion);
            using var accounts = await SqliteAccountStore.Open(dataFolder, store.Health);
            using var metrics = new PrometheusText();
            await using var server = await ParleyServer.Start(settings, new ServerParts(store, accounts, dataFolder, TimeProvider.System, loggers) { OpenFiles = files });
            await using var web = settings.Http.Address is null ? null : await ConsoleHost.Start(new ConsoleParts
            {
                Settings = () => server.Settings,
                Store = store,
                Journal = server.Sessions,
                Metrics = metrics,
                Troubles = () => server.Troubles,
                SmtpAddresses = () => stop.IsCancellationRequested ? [] : server.Addresses,
                QueueChanged = server.QueueChanged,
                MostConnections = files.Web,
                Logging = loggers,
            }, stop.Token);
            using var watch = Watch(server, loggers.CreateLogger("Parley.Configuration"));
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                watch.Reload();
            });

            await output.WriteLineAsync($"ready smtp={string.Join(',', server.Addresses)} http={web?.Address.ToString() ?? "-"}");
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            await server.Stop();
            return ExitCode.Done;
        }
        catch (Exception fault) when (fault is StoreUnusableException or ListenException)
        {
            await error.WriteLineAsync("parley serve: " + fault.Message);
            return ExitCode.Usage;
        }
        catch (Exception fault) when (StoreHealth.IsDamage(fault))
        {
            await error.WriteLineAsync($"parley serve: {dataFolder}: {fault.Message}; {StoreHealth.Advice}");
            return ExitCode.Usage;
        }
    }

    // The first signal lets open transactions finish; a second one, of someone who will not wait, ends the process.
    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }

    private static Retention? Retention(Settings settings) =>
        settings.IsCatcher ? new Retention(settings.Limits.KeepMessages, settings.Limits.KeepBytes) : null;

    private SettingsWatch Watch(ParleyServer server, ILogger logger) => new(sources, settings, reload =>
    {
        foreach (var fault in reload.Faults)
        {
            LogFault(logger, fault);
        }

        foreach (var change in reload.Changes.Where(c => c.NeedsRestart))
        {
            LogNeedsRestart(logger, change.Key);
        }

        if (reload.IsApplied)
        {
            server.Reload(reload.Settings);
        }
        else if (reload.Faults.Any(fault => !fault.IsWarning))
        {
            LogNotTaken(logger);
        }
    }, TimeProvider.System);

    // On standard error, as standard output is for the ready line. A session must never wait for whoever reads the log,
    // so that lines are dropped when that one is too slow.
    private static ILoggerFactory Loggers() => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Error) // /readyz tells of less to whoever asks, each time
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None) // a port in use: we say it in one line, it in thirty
        .AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            format.UseUtcTimestamp = true;
            format.ColorBehavior = System.Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        })
        .AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        }));

    [LoggerMessage(111, LogLevel.Warning, "the configuration was read again: {Fault}")]
    private static partial void LogFault(ILogger logger, SettingsFault fault);

    [LoggerMessage(112, LogLevel.Error, "the configuration has errors and is not taken; the settings of before stay in force")]
    private static partial void LogNotTaken(ILogger logger);

    [LoggerMessage(113, LogLevel.Warning, "the configuration was read again: a change of {Key} takes effect when the server is started again")]
    private static partial void LogNeedsRestart(ILogger logger, string key);

    [LoggerMessage(114, LogLevel.Information, "the store in {Folder} is open, with SQLite {Version}")]
    private static partial void LogStore(ILogger logger, string folder, string version);
}
