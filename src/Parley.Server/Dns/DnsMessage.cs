using System.Buffers.Binary;
using System.Net;

namespace Parley.Server.Dns;

/// <summary>RCODE (RFC 1035 §4.1.1, RFC 6891 §6.1.3), as far as it is told apart here.</summary>
internal enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}

/// <summary>
/// A reply as records. Reading it is bounded by its length: every record moves forward, every pointer backward. What is
/// cut off or breaks a rule makes the whole message unreadable.
/// </summary>
internal sealed class DnsMessage
{
    private const int HeaderOctets = 12;
    private const int MaxAnswers = 256;
    private const int MaxAliases = 16;
    private const ushort Cname = 5;
    private const ushort Soa = 6;
    private const ushort Ns = 2;
    private const ushort Opt = 41;
    private const ushort Internet = 1;

    private readonly List<(string Owner, ushort Type, uint Ttl, object Data)> answers = [];
    private bool hasNameServers;

    private DnsMessage(ReadOnlySpan<byte> octets)
    {
        IsTruncated = (octets[2] & 0x02) != 0;
        IsAuthoritative = (octets[2] & 0x04) != 0;
        Code = (DnsCode)(octets[3] & 0x0F);
    }

    public DnsCode Code { get; private set; }

    public bool IsTruncated { get; }

    public bool IsAuthoritative { get; }

    /// <summary>How long the absence of a record may be believed (RFC 2308 §5); null without an SOA.</summary>
    public TimeSpan? NegativeTtl { get; private set; }

    /// <summary>Whether the server only named others to ask: it does not resolve for us.</summary>
    public bool IsReferral => Code == DnsCode.NoError && !IsAuthoritative && answers.Count == 0 && NegativeTtl is null && hasNameServers;

    /// <summary>Reads a message; null for what breaks a rule.</summary>
    public static DnsMessage? Read(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < HeaderOctets)
        {
            return null;
        }

        var message = new DnsMessage(octets);
        var at = HeaderOctets;
        for (var n = BinaryPrimitives.ReadUInt16BigEndian(octets[4..]); n > 0; n--)
        {
            if (DnsName.Read(octets, ref at) is null || (at += 4) > octets.Length)
            {
                return null;
            }
        }

        // What a truncated message still holds may be part of a set, so it is not looked at (RFC 2181 §9).
        return message.IsTruncated || message.ReadSections(octets, at) ? message : null;
    }

    /// <summary>The records of a type at the end of the chain of aliases that begins at a name (RFC 1034 §3.6.2); null for a chain that is too long.</summary>
    public DnsChain? Follow(string name, DnsType type)
    {
        var ttl = uint.MaxValue;
        for (var steps = 0; steps <= MaxAliases; steps++)
        {
            var records = answers.Where(a => a.Type == (ushort)type && a.Owner == name).ToList();
            if (records.Count > 0)
            {
                ttl = Math.Min(ttl, records.Min(a => a.Ttl));
                return new DnsChain(name, ttl, [.. records.Select(a => (DnsRecord)a.Data)]);
            }

            var alias = answers.FirstOrDefault(a => a.Type == Cname && a.Owner == name);
            if (alias.Data is null)
            {
                return new DnsChain(name, ttl, []);
            }

            ttl = Math.Min(ttl, alias.Ttl);
            name = (string)alias.Data;
        }

        return null;
    }

    private bool ReadSections(ReadOnlySpan<byte> octets, int at)
    {
        for (var section = 0; section < 3; section++)
        {
            for (var n = BinaryPrimitives.ReadUInt16BigEndian(octets[(6 + (2 * section))..]); n > 0; n--)
            {
                if (!ReadRecord(octets, ref at, section))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool ReadRecord(ReadOnlySpan<byte> octets, ref int at, int section)
    {
        var owner = DnsName.Read(octets, ref at);
        if (owner is null || at + 10 > octets.Length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(octets[at..]);
        var isInternet = BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 2)..]) == Internet;
        var ttl = BinaryPrimitives.ReadUInt32BigEndian(octets[(at + 4)..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 8)..]);
        var start = at + 10;
        at = start + length;
        if (at > octets.Length)
        {
            return false;
        }

        // RFC 2181 §8: the top bit set stands for zero.
        ttl = ttl > int.MaxValue ? 0 : ttl;
        switch (section)
        {
            case 0 when isInternet:
                return TryAddAnswer(octets[..at], owner, type, ttl, start);
            case 1 when isInternet && type == Soa:
                return TryReadSoa(octets[..at], ttl, start);
            case 1 when isInternet && type == Ns:
                hasNameServers = true;
                return true;
            case 2 when type == Opt:
                // RFC 6891 §6.1.3: the upper eight bits of the code.
                Code = (DnsCode)(((int)Code & 0x0F) | ((octets[start - 6]) << 4));
                return true;
            default:
                return true;
        }
    }

    // The message is cut behind the record, so that nothing in it can be read past its end.
    private bool TryAddAnswer(ReadOnlySpan<byte> octets, string owner, ushort type, uint ttl, int start)
    {
        object? data;
        switch (type)
        {
            case (ushort)DnsType.A when octets.Length - start == 4:
            case (ushort)DnsType.Aaaa when octets.Length - start == 16:
                data = new DnsRecord.Address(new IPAddress(octets[start..]));
                break;
            case (ushort)DnsType.Mx when octets.Length - start > 2:
                var preference = BinaryPrimitives.ReadUInt16BigEndian(octets[start..]);
                start += 2;
                data = DnsName.Read(octets, ref start) is { } host && start == octets.Length ? new DnsRecord.Mx(preference, host) : null;
                break;
            case Cname:
                data = DnsName.Read(octets, ref start) is { } target && start == octets.Length ? target : null;
                break;
            case (ushort)DnsType.A or (ushort)DnsType.Aaaa or (ushort)DnsType.Mx:
                return false;
            default:
                return true;
        }

        if (data is null || answers.Count == MaxAnswers)
        {
            return false;
        }

        answers.Add((owner, type, ttl, data));
        return true;
    }

    private bool TryReadSoa(ReadOnlySpan<byte> octets, uint ttl, int start)
    {
        if (DnsName.Read(octets, ref start) is null || DnsName.Read(octets, ref start) is null || octets.Length - start != 20)
        {
            return false;
        }

        // RFC 2308 §5: the lesser of the SOA's own TTL and its last field.
        var minimum = BinaryPrimitives.ReadUInt32BigEndian(octets[(start + 16)..]);
        NegativeTtl = TimeSpan.FromSeconds(Math.Min(ttl, minimum));
        return true;
    }
}

/// <summary>Where a chain of aliases ends, for how long it holds in seconds, and what is there.</summary>
internal sealed record DnsChain(string Name, uint Ttl, IReadOnlyList<DnsRecord> Records);
