using System.Security.Cryptography;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley;

/// <summary>Gets a password from a file, from standard input or from who sits at the terminal; never from the command line.</summary>
internal static class PasswordInput
{
    private const string StandardInput = "-";
    private const int MaximumLength = 16 * 1024;

    /// <summary>The password; null when there is none, then why and how to mend it was said.</summary>
    public static Secret? Read(string? file, string verb, TextWriter error)
    {
        if (file is null && !System.Console.IsInputRedirected)
        {
            return Ask(error, verb);
        }

        file ??= StandardInput;
        try
        {
            using var stream = file == StandardInput ? System.Console.OpenStandardInput() : File.OpenRead(file);
            var source = file == StandardInput ? "standard input" : file;
            return FirstLine(stream) ?? Failed(error, verb, $"{source} does not begin with a line of UTF-8 text; give the password there, or in a --password-file");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Failed(error, verb, $"{fault.Message.TrimEnd('.')}; give another --password-file");
        }
    }

    private static Secret? FirstLine(Stream stream)
    {
        var octets = new byte[MaximumLength];
        try
        {
            var line = octets.AsSpan(0, stream.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false));
            var end = line.IndexOfAny((byte)'\r', (byte)'\n');
            line = end < 0 ? line : line[..end];
            line = line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
            return line.IsEmpty || !System.Text.Unicode.Utf8.IsValid(line) ? null : Secret.Copy(line);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static Secret? Ask(TextWriter error, string verb)
    {
        var first = AskOnce(error, "Password: ");
        using var second = AskOnce(error, "Again: ");
        if (second.IsEqualTo(first.Octets))
        {
            return first;
        }

        first.Dispose();
        return Failed(error, verb, "the two differ; try again");
    }

    private static Secret AskOnce(TextWriter error, string prompt)
    {
        error.Write(prompt);
        var typed = new StringBuilder();
        while (System.Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (key.KeyChar != '\0')
            {
                typed.Append(key.KeyChar);
            }
        }

        error.WriteLine();
        return Secret.FromText(typed.ToString());
    }

    private static Secret? Failed(TextWriter error, string verb, string why)
    {
        error.WriteLine($"parley {verb}: {why}");
        return null;
    }
}
