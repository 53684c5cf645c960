using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Journal;
using Parley.Server.Listening;
using Parley.Sink;
using Parley.Smtp.Serving;

// As `parley serve` has it; see docs/configuration.md. It must be set before the first socket exists.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

using var journal = new SessionJournal(TimeProvider.System, NullLogger.Instance);
var state = new ListenerState(
    new SessionOptions { Hostname = "sink.bench.test", MaxMessageOctets = 200 * 1024 * 1024 },
    new ConnectionLimits(TimeProvider.System, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)),
    Tls: null,
    TlsUsable: static () => false,
    ImplicitTls: false,
    ExplainUrl: null,
    Logins: null);
await using var listener = new Listener(new IPEndPoint(IPAddress.Loopback, 0), state, new ForgettingReceiver(), new ConnectionGate(TimeProvider.System), journal);
var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, end));
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, end));
listener.Start();
await Console.Out.WriteLineAsync($"ready smtp={listener.Address} http=-");
await end.Task;
await listener.Stop(TimeSpan.FromSeconds(1));

static void End(PosixSignalContext context, TaskCompletionSource end)
{
    context.Cancel = true;
    end.TrySetResult();
}
