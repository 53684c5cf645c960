namespace Parley.Smtp;

/// <summary>The first digit of a reply code, which decides what a client does next (RFC 5321 §4.2.1).</summary>
public enum ReplySeverity
{
    /// <summary>2yz: done.</summary>
    PositiveCompletion = 2,

    /// <summary>3yz: good so far, more is wanted.</summary>
    PositiveIntermediate = 3,

    /// <summary>4yz: not now; the same command may succeed later.</summary>
    TransientNegative = 4,

    /// <summary>5yz: no; the same command will fail again.</summary>
    PermanentNegative = 5,
}

/// <summary>A three-digit reply code, 200 to 599 (RFC 5321 §4.2).</summary>
public readonly record struct ReplyCode
{
    /// <summary>A reply code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 200 and 599.</exception>
    public ReplyCode(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 599);
        Value = value;
    }

    /// <summary>The number.</summary>
    public int Value { get; }

    /// <summary>What the first digit says.</summary>
    public ReplySeverity Severity => (ReplySeverity)(Value / 100);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An enhanced status code, <c>class.subject.detail</c> (RFC 3463 §2).</summary>
public readonly record struct EnhancedStatusCode(int Class, int Subject, int Detail)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    /// <summary>Reads <c>5.7.1</c>; null when the text is no enhanced status code.</summary>
    public static EnhancedStatusCode? Parse(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, '.') != 3)
        {
            return null;
        }

        var a = text[parts[0]];
        var b = text[parts[1]];
        var c = text[parts[2]];
        return a is "2" or "4" or "5" && Number(b) is { } subject && Number(c) is { } detail
            ? new EnhancedStatusCode(a[0] - '0', subject, detail)
            : null;

        // RFC 3463 §2: one to three digits.
        static int? Number(ReadOnlySpan<char> digits) =>
            digits.Length is > 0 and <= 3 && !digits.ContainsAnyExceptInRange('0', '9')
                ? int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)
                : null;
    }
}
