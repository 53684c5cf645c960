using System.Text;

namespace Parley.Smtp.Lines;

/// <summary>
/// Tells an HTTP request from a mistyped command. Any page can make a browser send one to a port of the reader's machine
/// or network, and what the page wrote would come as commands behind the header.
/// </summary>
internal static class HttpRequest
{
    /// <summary>Whether a line begins a request, or is the field that each has behind a first line that may be too long to be read.</summary>
    public static bool IsPartOf(ReadOnlySpan<byte> line) =>
        (line.Length > 9 && Ascii.EqualsIgnoreCase(line[^9..^3], " HTTP/"u8)) || (line.Length > 5 && Ascii.EqualsIgnoreCase(line[..5], "Host:"u8));
}
