using System.Security.Cryptography;
using System.Text;
using Parley.Smtp.Sasl;

namespace Parley.Server.Configuration.Reading;

/// <summary>Secrets stand in files of their own, one line each, so that the configuration can be shown to anyone.</summary>
internal static class SecretFile
{
    private const int MaxOctets = 16 * 1024;

    /// <summary>The first line of the file that a key names; null where it names none or the file holds none (a fault).</summary>
    public static Secret? Read(Section section, string name, LoadContext context)
    {
        if (section.Get<string?>(name) is not { } file)
        {
            return null;
        }

        if (FirstLine(file) is not { Octets.IsEmpty: false } secret)
        {
            section.Error(name, $"{file} does not begin with a line of text", "write the secret into its first line, in UTF-8");
            return null;
        }

        // So that a reload sees a secret that has changed in a file of the same name.
        context.Written[section.PathOf(name)] += Convert.ToHexString(SHA256.HashData(secret.Octets));
        return secret;
    }

    private static Secret? FirstLine(string path)
    {
        var octets = new byte[MaxOctets];
        try
        {
            using var file = File.OpenRead(path);
            var line = octets.AsSpan(0, file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false));
            var end = line.IndexOfAny((byte)'\r', (byte)'\n');
            line = end < 0 ? line : line[..end];
            line = line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
            return System.Text.Unicode.Utf8.IsValid(line) ? Secret.Copy(line) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // it could be opened a moment ago; the fault says that it holds no line
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }
}
