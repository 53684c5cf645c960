using System.Globalization;
using Parley.Server.Queue;

namespace Parley;

/// <summary>Entries of the queue for people.</summary>
/// <param name="output">Where to write.</param>
/// <param name="now">The time that ages are told by.</param>
internal sealed class QueueText(TextWriter output, DateTimeOffset now)
{
    /// <summary>One entry: a line of its own and some for each recipient.</summary>
    public void Write(QueueEntry entry)
    {
        output.WriteLine($"{entry.Id}  {Age(now - entry.QueuedAt)} old  {Size(entry.Size)}  from {(entry.Sender.IsNull ? "<>" : entry.Sender.ToString())}");
        foreach (var recipient in entry.Recipients)
        {
            output.WriteLine($"  to {recipient.Recipient.Address}  {State(recipient)}  by {recipient.Recipient.Destination}");
            if (recipient.LastReply is { } reply)
            {
                var said = string.Join(' ', new[] { reply.Code > 0 ? reply.Code.ToString(CultureInfo.InvariantCulture) : "", reply.Enhanced, reply.Text }.Where(static word => word.Length > 0));
                output.WriteLine($"     {Printable(said)}{(reply.Peer.Length > 0 ? $"  ({Printable(reply.Peer)})" : "")}");
            }
        }
    }

    private string State(QueueRecipient recipient)
    {
        var state = recipient.State.ToString().ToLowerInvariant();
        var attempts = recipient.Attempts switch { 0 => "", 1 => " after 1 attempt", _ => $" after {recipient.Attempts} attempts" };
        var next = recipient switch
        {
            { NextAttempt: { } at } => at <= now ? ", due now" : $", next attempt in {Age(at - now)} ({At(at)})",
            { LeasedUntil: { } until } => $", a worker has it until {At(until)} at most",
            _ => "",
        };
        return state + attempts + next;
    }

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Age(TimeSpan age) => age.TotalSeconds switch
    {
        < 1 => "0s",
        < 60 => $"{age.Seconds}s",
        < 3600 => $"{age.Minutes}m",
        < 86400 => $"{age.Hours}h{age.Minutes:00}m",
        _ => $"{(int)age.TotalDays}d{age.Hours:00}h",
    };

    private static string Size(long octets) => octets switch
    {
        < 10_000 => $"{octets} B",
        < 10_000_000 => $"{octets / 1000} kB",
        _ => $"{octets / 1_000_000} MB",
    };

    // What a stranger's server said must not be able to steer the terminal.
    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '�' : c));
}
