using System.Globalization;
using Parley.StoreBench;

// Parley.StoreBench accept FOLDER [octets] [seconds] [sessions,sessions,…] [keep]
//   durable messages a second into the store, without SMTP: each session stores one message after the other
// Parley.StoreBench queue FOLDER [entries] [octets]
//   a deep queue: time to open it, to find and claim what is due, and what it costs those who still come in
switch (args)
{
    case ["accept", var folder, ..]:
        int[] sessions = args.Length > 4 ? [.. args[4].Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))] : [1, 10, 50, 200];
        await AcceptBench.Run(folder, Number(2, 10_240), TimeSpan.FromSeconds(Number(3, 5)), sessions, Number(5, 0));
        return 0;
    case ["queue", var folder, ..]:
        await QueueBench.Run(folder, Number(2, 200_000), Number(3, 2048));
        return 0;
    default:
        await Console.Error.WriteLineAsync("accept FOLDER [octets] [seconds] [sessions,…] [keep] | queue FOLDER [entries] [octets]");
        return 2;
}

int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
