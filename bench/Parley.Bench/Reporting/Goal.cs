using System.Globalization;

namespace Parley.Bench.Reporting;

/// <summary>A figure that Parley is held to, and what was reached.</summary>
public sealed record Goal(string What, bool AtLeast, double Wanted, double Reached, string Unit)
{
    public bool Passed => AtLeast ? Reached >= Wanted : Reached <= Wanted;

    public static Goal Least(string what, double wanted, double reached, string unit = "×") => new(what, true, wanted, reached, unit);

    public static Goal Most(string what, double wanted, double reached, string unit = "×") => new(what, false, wanted, reached, unit);

    public string WantedText => $"{(AtLeast ? "≥" : "≤")} {Number(Wanted)} {Unit}";

    public string ReachedText => $"{Number(Reached)} {Unit}";

    private static string Number(double value)
        => value.ToString(Math.Abs(value) < 10 ? "0.###" : "0.#", CultureInfo.InvariantCulture);
}
