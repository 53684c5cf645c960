using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Parley.Server.Queue;
using Parley.Server.Queue.Stores.Sqlite;
using Parley.Smtp.Addresses;
using Parley.StoreBench;

// Parley.StoreBench FOLDER [octets] [seconds] [sessions,sessions,…] [keep]
// Durable messages a second into the SQLite store, without SMTP: each session stores one message after the other.
var folder = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "store-bench");
var octets = Number(1, 10_240);
var seconds = Number(2, 5);
int[] sessions = args.Length > 3 ? [.. args[3].Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))] : [1, 10, 50, 200];
var keep = args.Length > 4 ? new Retention(Number(4, 10_000), 1L << 30) : null;

Console.WriteLine($"SQLite {SqliteQueueStore.LibraryVersion}, {octets} octets a message, {seconds} s each, keep {keep?.Messages.ToString(CultureInfo.InvariantCulture) ?? "all"}");
Console.WriteLine("sessions  msg/s  CPU us/msg  p50 ms  p99 ms  max ms  alloc B/msg  gc0/1/2");
foreach (var count in sessions)
{
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }

    await using var store = await SqliteQueueStore.Open(new SqliteStoreOptions { Folder = folder, Retention = keep });
    await Run(store, count, TimeSpan.FromSeconds(1));
    Print(count, await Run(store, count, TimeSpan.FromSeconds(seconds)));
}

async Task<Measured> Run(SqliteQueueStore store, int count, TimeSpan time)
{
    var body = new byte[octets];
    new Random(1).NextBytes(body);
    var process = Process.GetCurrentProcess();
    var cpu = process.TotalProcessorTime;
    var allocated = GC.GetTotalAllocatedBytes();
    int[] collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
    var clock = Stopwatch.StartNew();
    var latencies = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => Session(store, body, clock, time))));
    var elapsed = clock.Elapsed;
    process.Refresh();
    return new Measured(
        [.. latencies.SelectMany(list => list).Order()],
        elapsed,
        process.TotalProcessorTime - cpu,
        GC.GetTotalAllocatedBytes() - allocated,
        string.Join('/', collections.Select((before, generation) => GC.CollectionCount(generation) - before)));
}

static async Task<List<double>> Session(SqliteQueueStore store, byte[] body, Stopwatch clock, TimeSpan time)
{
    var latencies = new List<double>();
    var envelope = new Envelope(ReversePath.Parse("sender@example.net")!, [new EnvelopeRecipient(ForwardPath.Parse("alice@example.org")!, null)]);
    var trace = new byte[200];
    while (clock.Elapsed < time)
    {
        await using var content = store.NewContent();
        content.Write(body);
        await content.Flush(default);
        var start = clock.Elapsed;
        var message = new NewMessage(store.NextId(), envelope, content, DateTimeOffset.UnixEpoch) { Trace = trace, Subject = "a subject of usual length", Session = "s0001" };
        if (await store.Enqueue(message, default) != EnqueueResult.Stored)
        {
            throw new IOException("the disk is full");
        }

        latencies.Add((clock.Elapsed - start).TotalMilliseconds);
    }

    return latencies;
}

static void Print(int count, Measured run)
{
    var messages = run.Latencies.Count;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{count,8}  {messages / run.Elapsed.TotalSeconds,5:F0}  {run.Cpu.TotalMicroseconds / messages,10:F0}  {At(0.5),6:F2}  {At(0.99),6:F2}  {At(1),6:F1}  {run.Allocated / messages,11}  {run.Collections}"));

    double At(double share) => run.Latencies[(int)Math.Min(messages - 1, share * messages)];
}

int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
