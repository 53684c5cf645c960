using System.Globalization;

namespace Parley.Smtp.Sending;

/// <summary>What the next hop said it can, in its answer to EHLO or LHLO (RFC 5321 §4.1.1.1).</summary>
public sealed record HopCapabilities
{
    /// <summary>A hop that answered to HELO only: nothing but RFC 821.</summary>
    public static readonly HopCapabilities None = new();

    /// <summary>PIPELINING (RFC 2920).</summary>
    public bool Pipelining { get; init; }

    /// <summary>8BITMIME (RFC 6152).</summary>
    public bool EightBitMime { get; init; }

    /// <summary>SMTPUTF8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>CHUNKING (RFC 3030 §2).</summary>
    public bool Chunking { get; init; }

    /// <summary>BINARYMIME (RFC 3030 §3).</summary>
    public bool BinaryMime { get; init; }

    /// <summary>DSN (RFC 3461).</summary>
    public bool Dsn { get; init; }

    /// <summary>STARTTLS (RFC 3207).</summary>
    public bool StartTls { get; init; }

    /// <summary>REQUIRETLS (RFC 8689).</summary>
    public bool RequireTls { get; init; }

    /// <summary>Whether SIZE is there (RFC 1870).</summary>
    public bool Size { get; init; }

    /// <summary>The largest message in octets that SIZE announced; null where it told none (RFC 1870 §4: 0 and nothing).</summary>
    public long? MaxOctets { get; init; }

    /// <summary>The SASL mechanisms of AUTH, in capitals (RFC 4954 §3); empty without AUTH.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = [];

    /// <summary>Most recipients of one transaction by LIMITS (RFC 9422 §4.2), or null.</summary>
    public int? MaxRecipients { get; init; }

    /// <summary>Most transactions of one connection by LIMITS (RFC 9422 §4.1), or null.</summary>
    public int? MaxMessages { get; init; }

    /// <summary>Reads the lines of a positive answer to EHLO. What is not known or not well-formed is passed over.</summary>
    public static HopCapabilities Parse(PeerReply ehlo)
    {
        ArgumentNullException.ThrowIfNull(ehlo);
        var found = None;
        foreach (var line in ehlo.Lines.Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                found = found.With(words[0].ToUpperInvariant(), words.AsSpan(1));
            }
        }

        return found;
    }

    private HopCapabilities With(string keyword, ReadOnlySpan<string> values) => keyword switch
    {
        "PIPELINING" => this with { Pipelining = true },
        "8BITMIME" => this with { EightBitMime = true },
        "SMTPUTF8" => this with { SmtpUtf8 = true },
        "CHUNKING" => this with { Chunking = true },
        "BINARYMIME" => this with { BinaryMime = true },
        "DSN" => this with { Dsn = true },
        "STARTTLS" => this with { StartTls = true },
        "REQUIRETLS" => this with { RequireTls = true },
        "SIZE" => this with { Size = true, MaxOctets = values.Length > 0 && Number(values[0]) is > 0 and var octets ? octets : null },
        "LIMITS" => WithLimits(values),
        "AUTH" => WithMechanisms(values),
        // Servers of before RFC 2554 wrote the first mechanism behind an equals sign, and some still do.
        _ when keyword.StartsWith("AUTH=", StringComparison.Ordinal) => WithMechanisms([keyword["AUTH=".Length..], .. values]),
        _ => this,
    };

    private HopCapabilities WithMechanisms(ReadOnlySpan<string> names)
    {
        var all = new List<string>(Mechanisms);
        foreach (var name in names)
        {
            var upper = name.ToUpperInvariant();
            if (upper.Length > 0 && !all.Contains(upper))
            {
                all.Add(upper);
            }
        }

        return this with { Mechanisms = all };
    }

    private HopCapabilities WithLimits(ReadOnlySpan<string> limits)
    {
        var found = this;
        foreach (var limit in limits)
        {
            var equals = limit.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || Number(limit.AsSpan(equals + 1)) is not (> 0 and var number))
            {
                continue;
            }

            var bounded = (int)Math.Min(number, int.MaxValue);
            found = limit[..equals].ToUpperInvariant() switch
            {
                "RCPTMAX" => found with { MaxRecipients = bounded },
                "MAILMAX" => found with { MaxMessages = bounded },
                _ => found,
            };
        }

        return found;
    }

    private static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
