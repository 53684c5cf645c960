using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Server.Queue;

/// <summary>
/// The name of a message: twelve characters, safe in a URL and a trace field, sorted by time. The number behind it is
/// 41 bits of milliseconds since 2024, 9 bits of node and 10 bits of sequence, so that nodes never give the same one.
/// </summary>
public readonly record struct QueueId(long Value) : IComparable<QueueId>
{
    /// <summary>Characters of the text form.</summary>
    public const int TextLength = 12;

    // In ASCII order, so that text sorts as the number does; no i, l, o, u, which are misread over the telephone.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Reads the text form; false when it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out QueueId id)
    {
        id = default;
        if (text is null || text.Length != TextLength)
        {
            return false;
        }

        long value = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            value = (value << 5) | (long)digit;
        }

        id = new QueueId(value);
        return true;
    }

    /// <summary>Reads a text form that this program wrote.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static QueueId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"a queue id has {TextLength} characters out of {Alphabet}"));

    /// <inheritdoc/>
    public int CompareTo(QueueId other) => Value.CompareTo(other.Value);

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(TextLength, Value, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });
}
