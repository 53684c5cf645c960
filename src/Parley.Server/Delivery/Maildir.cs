using System.Globalization;
using System.Text;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;

namespace Parley.Server.Delivery;

/// <summary>
/// Mailboxes as folders, DIR/{domain}/{mailbox}/{tmp,new,cur}, as Dovecot and others serve them. A message is written in
/// tmp, flushed, and moved to new in one stroke, so that no reader ever sees half of one.
/// </summary>
public sealed class Maildir
{
    private const int MaxNameOctets = 255;
    private const string SafeInNames = "@._-+=~#$&!^{}";

    private readonly string root;
    private readonly string host;

    /// <summary>Mailboxes under a folder.</summary>
    /// <param name="root">The folder; it is made when the first message comes.</param>
    /// <param name="hostname">Our name, which ends every file's name.</param>
    public Maildir(string root, string hostname)
    {
        ArgumentNullException.ThrowIfNull(hostname);
        this.root = Path.GetFullPath(root);
        host = hostname.Replace("/", "\\057", StringComparison.Ordinal).Replace(":", "\\072", StringComparison.Ordinal);
    }

    /// <summary>The folder of a mailbox. Whatever an address holds, it is two names below the root and no path.</summary>
    public string FolderOf(Mailbox mailbox)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        return Path.Combine(root, NameOf(mailbox.Domain.Ascii.ToLowerInvariant()), NameOf(mailbox.LocalPart));
    }

    /// <summary>
    /// Delivers a message under a name that is its own. When a crash made the caller forget that it had delivered it, the
    /// second time finds the first, as long as nobody has read it.
    /// </summary>
    /// <param name="mailbox">Whose.</param>
    /// <param name="receivedAt">When the message came; the name begins with it, as readers expect.</param>
    /// <param name="unique">What tells it from every other message, letters and digits.</param>
    /// <param name="write">Writes the octets.</param>
    /// <exception cref="IOException">The disk is full or at fault; nothing is delivered.</exception>
    public async Task Deliver(Mailbox mailbox, DateTimeOffset receivedAt, string unique, Func<Stream, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var folder = FolderOf(mailbox);
        foreach (var part in (string[])["tmp", "new", "cur"])
        {
            DataFolder.Create(Path.Combine(folder, part));
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{receivedAt.ToUnixTimeSeconds()}.Q{unique}.{host}");
        var arriving = Path.Combine(folder, "tmp", name);
        var delivered = Path.Combine(folder, "new", name);
        if (File.Exists(delivered))
        {
            return;
        }

        // What a crash left half-written under the same name is of no use.
        File.Delete(arriving);
        try
        {
            await using (var file = DataFolder.CreateFile(arriving))
            {
                await write(file);
                await Task.Run(() => RandomAccess.FlushToDisk(file.SafeFileHandle));
            }

            File.Move(arriving, delivered);
        }
        catch
        {
            File.Delete(arriving);
            throw;
        }

        await Task.Run(() => DataFolder.Flush(Path.Combine(folder, "new")));
    }

    /// <summary>One name in a folder: letters and digits as they are, whatever could mean something as %XX of its octets.</summary>
    private static string NameOf(string text)
    {
        var name = new StringBuilder(text.Length);
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            // A leading dot would hide the folder, and "." and ".." are not ours to make.
            if ((Rune.IsLetterOrDigit(rune) || (rune.IsAscii && SafeInNames.Contains((char)rune.Value, StringComparison.Ordinal)))
                && (name.Length > 0 || rune.Value != '.'))
            {
                name.Append(rune.ToString());
                continue;
            }

            foreach (var octet in octets[..rune.EncodeToUtf8(octets)])
            {
                name.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }

        return Encoding.UTF8.GetByteCount(name.ToString()) is > 0 and <= MaxNameOctets
            ? name.ToString()
            : throw new IOException($"no folder can be named after '{text}'");
    }
}
