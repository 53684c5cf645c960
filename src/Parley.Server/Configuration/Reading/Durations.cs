using System.Globalization;

namespace Parley.Server.Configuration.Reading;

/// <summary>Durations as they are written: a whole number and its unit, `500ms`, `60s`, `5m`, `4h`, `5d`.</summary>
public static class Durations
{
    // Longest suffix first, so that "ms" is not taken for "s".
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static TimeSpan? Parse(string text)
    {
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                // Seven digits of days are below TimeSpan's bound.
                return text.Length - suffix.Length <= 7
                    && int.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? unit * count
                    : null;
            }
        }

        return null;
    }

    /// <summary>The shortest way to write it.</summary>
    public static string Write(TimeSpan duration)
    {
        for (var i = Units.Length - 1; i > 0; i--)
        {
            if (duration.Ticks % Units[i].Unit.Ticks == 0 && (duration > TimeSpan.Zero || i == 1))
            {
                return (duration.Ticks / Units[i].Unit.Ticks).ToString(CultureInfo.InvariantCulture) + Units[i].Suffix;
            }
        }

        return ((long)duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
    }
}
