using System.Buffers.Binary;
using System.Net;
using System.Text;
using Parley.Server.Dns;

namespace Parley.Server.Tests.Dns;

/// <summary>A reply, octet by octet, for the question of a query.</summary>
internal sealed class DnsPacket
{
    private readonly byte[] query;
    private readonly List<byte> body = [];
    private readonly int[] counts = new int[3];
    private int flags = 0x8180; // QR, RD, RA
    private byte[]? question;
    private byte[]? id;

    public DnsPacket(byte[] query) => this.query = query;

    public static int QuestionEnd(byte[] query)
    {
        var at = 12;
        while (query[at] != 0)
        {
            at += query[at] + 1;
        }

        return at + 5;
    }

    /// <summary>The name asked for, in the case in which it was asked.</summary>
    public static string NameOf(byte[] query)
    {
        var at = 12;
        var labels = new List<string>();
        while (query[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
            at += query[at] + 1;
        }

        return string.Join('.', labels);
    }

    public static DnsType TypeOf(byte[] query) => (DnsType)BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(QuestionEnd(query) - 4));

    public static bool HasEdns(byte[] query) => query[11] == 1;

    public DnsPacket Code(int code)
    {
        flags = (flags & ~0xF) | code;
        return this;
    }

    public DnsPacket Truncated()
    {
        flags |= 0x0200;
        return this;
    }

    public DnsPacket WithId(byte[] other)
    {
        id = other;
        return this;
    }

    public DnsPacket WithQuestion(byte[] other)
    {
        question = other;
        return this;
    }

    public DnsPacket A(string owner, uint ttl, string address) => Record(0, owner, 1, ttl, IPAddress.Parse(address).GetAddressBytes());

    public DnsPacket Aaaa(string owner, uint ttl, string address) => Record(0, owner, 28, ttl, IPAddress.Parse(address).GetAddressBytes());

    public DnsPacket Cname(string owner, uint ttl, string target) => Record(0, owner, 5, ttl, Name(target));

    public DnsPacket Mx(string owner, uint ttl, ushort preference, string host) =>
        Record(0, owner, 15, ttl, [(byte)(preference >> 8), (byte)preference, .. Name(host)]);

    public DnsPacket Soa(string owner, uint ttl, uint minimum)
    {
        var numbers = new byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), minimum);
        return Record(1, owner, 6, ttl, [.. Name("ns." + owner), .. Name("root." + owner), .. numbers]);
    }

    public DnsPacket Ns(string owner, uint ttl, string host) => Record(1, owner, 2, ttl, Name(host));

    public DnsPacket Record(int section, string owner, ushort type, uint ttl, byte[] data)
    {
        counts[section]++;
        body.AddRange(Name(owner));
        var head = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(head, type);
        head[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), ttl);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(8), (ushort)data.Length);
        body.AddRange(head);
        body.AddRange(data);
        return this;
    }

    public byte[] ToArray()
    {
        var asked = question ?? query[12..QuestionEnd(query)];
        var head = new byte[12];
        (id ?? query[..2]).CopyTo(head, 0);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)flags);
        head[5] = asked.Length == 0 ? (byte)0 : (byte)1;
        for (var i = 0; i < 3; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(6 + (2 * i)), (ushort)counts[i]);
        }

        return [.. head, .. asked, .. body];
    }

    public static byte[] Name(string name)
    {
        var octets = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            octets.Add((byte)label.Length);
            octets.AddRange(Encoding.ASCII.GetBytes(label));
        }

        octets.Add(0);
        return [.. octets];
    }
}
