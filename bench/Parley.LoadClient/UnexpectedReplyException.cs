using System.Globalization;
using System.Text;

namespace Parley.LoadClient;

/// <summary>The server answered something else than the load needs; the message holds the first line of what it said.</summary>
public sealed class UnexpectedReplyException(int expected, ReadOnlySpan<byte> reply)
    : IOException(Describe(expected, reply))
{
    private const int ShownOctets = 120;

    /// <summary>The code that came, or 0 where none did.</summary>
    public int Code { get; } = reply.Length >= 3 && int.TryParse(reply[..3], CultureInfo.InvariantCulture, out var code) ? code : 0;

    private static string Describe(int expected, ReadOnlySpan<byte> reply)
    {
        var line = reply.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0 ? reply[..end] : reply;
        var text = Encoding.ASCII.GetString(line[..Math.Min(line.Length, ShownOctets)]);
        return expected == 0 ? $"not a reply: {text}" : $"expected {expected}, got {text}";
    }
}
