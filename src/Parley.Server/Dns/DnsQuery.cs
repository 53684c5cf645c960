using System.Buffers.Binary;

namespace Parley.Server.Dns;

/// <summary>
/// One question as octets. What a forger off the path would have to guess is an id and a port of its own, and the case of
/// every letter of the name (the "0x20" trick): a reply must repeat the question to the bit.
/// </summary>
internal sealed class DnsQuery
{
    /// <summary>RFC 6891 §6.2.3, and the flag day of 2020: what passes without fragments.</summary>
    public const int UdpPayload = 1232;

    private const int HeaderOctets = 12;

    private readonly byte[] octets;
    private readonly int questionEnd;

    private DnsQuery(byte[] octets, int questionEnd)
    {
        this.octets = octets;
        this.questionEnd = questionEnd;
    }

    public ReadOnlyMemory<byte> Octets => octets;

    private ReadOnlySpan<byte> Question => octets.AsSpan(HeaderOctets, questionEnd - HeaderOctets);

    /// <summary>A query; null for what cannot be a name.</summary>
    public static DnsQuery? Create(string name, DnsType type, bool edns, Action<Span<byte>> random)
    {
        Span<byte> encoded = stackalloc byte[DnsName.MaxOctets];
        if (!DnsName.TryWrite(name, encoded, out var length))
        {
            return null;
        }

        encoded = encoded[..length];
        MixCase(encoded, random);
        var octets = new byte[HeaderOctets + length + 4 + (edns ? 11 : 0)];
        random(octets.AsSpan(0, 2));
        octets[2] = 0x01; // RD: recursion desired
        octets[5] = 1; // one question
        encoded.CopyTo(octets.AsSpan(HeaderOctets));
        var end = HeaderOctets + length;
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(end), (ushort)type);
        octets[end + 3] = 1; // IN
        end += 4;
        if (edns)
        {
            octets[11] = 1; // RFC 6891 §6.1.2: one OPT record: root, type 41, payload, no flags, no options
            octets[end + 2] = 41;
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(end + 3), UdpPayload);
        }

        return new DnsQuery(octets, end);
    }

    /// <summary>How a reply's id, kind and question fit.</summary>
    public DnsEcho Echo(ReadOnlySpan<byte> reply)
    {
        // QR set, opcode 0, one question.
        var fits = reply.Length >= questionEnd && reply[..2].SequenceEqual(octets.AsSpan(0, 2)) && (reply[2] & 0xF8) == 0x80
            && BinaryPrimitives.ReadUInt16BigEndian(reply[4..]) == 1;
        if (!fits)
        {
            return IsBareRefusal(reply) ? DnsEcho.Exact : DnsEcho.Foreign;
        }

        var echoed = reply[HeaderOctets..questionEnd];
        return echoed.SequenceEqual(Question) ? DnsEcho.Exact
            : EqualsIgnoreCase(echoed, Question) ? DnsEcho.OtherCase
            : DnsEcho.Foreign;
    }

    // Servers that do not understand a query (FORMERR, NOTIMP) may leave the question out; nothing is learned from those
    // but that the query has to be simpler.
    private bool IsBareRefusal(ReadOnlySpan<byte> reply) =>
        reply.Length >= HeaderOctets && reply[..2].SequenceEqual(octets.AsSpan(0, 2)) && (reply[2] & 0xF8) == 0x80
        && BinaryPrimitives.ReadUInt16BigEndian(reply[4..]) == 0 && (reply[3] & 0x0F) is 1 or 4;

    private static bool EqualsIgnoreCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        // The octets of type and class are below "A"; a length octet is at most 63.
        for (var i = 0; i < a.Length; i++)
        {
            if (Lower(a[i]) != Lower(b[i]))
            {
                return false;
            }
        }

        return true;

        static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
    }

    private static void MixCase(Span<byte> name, Action<Span<byte>> random)
    {
        Span<byte> bits = stackalloc byte[DnsName.MaxOctets];
        bits = bits[..name.Length];
        random(bits);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] is >= (byte)'a' and <= (byte)'z' && (bits[i] & 1) == 1)
            {
                name[i] &= 0xDF;
            }
        }
    }
}

/// <summary>How a reply answers a query.</summary>
internal enum DnsEcho
{
    /// <summary>Not at all: another id, another question, no reply. It is passed over.</summary>
    Foreign,

    /// <summary>The same question in other case: a server that does not keep case, or a forger.</summary>
    OtherCase,

    /// <summary>To the bit.</summary>
    Exact,
}
