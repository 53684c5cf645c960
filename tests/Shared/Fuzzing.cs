using System.Globalization;

namespace Parley.Tests.Shared;

/// <summary>
/// Seeded mutations of valid input. A round is reproduced by its number alone; <c>PARLEY_FUZZ_ROUNDS</c> sets how many
/// there are (10,000 unless told otherwise).
/// </summary>
internal static class Fuzzing
{
    public static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("PARLEY_FUZZ_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 10_000;

    /// <summary>Runs every round; a fault names its round. Memory that stays allocated must not grow with the rounds.</summary>
    public static void Run(Action<Random, int> round)
    {
        var before = 0L;
        for (var i = 0; i < Rounds; i++)
        {
            try
            {
                round(new Random(i), i);
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"round {i}: {fault.Message}", fault);
            }

            if (i == Rounds / 10)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 16 << 20, $"{grown} octets more are held after {Rounds} rounds");
    }

    /// <summary>One to four mutations: flipped, removed, doubled, inserted and swapped octets.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> valid)
    {
        var octets = valid.ToArray().ToList();
        for (var n = random.Next(0, 5); n > 0 && octets.Count > 0; n--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(6))
            {
                case 0: octets[at] = (byte)random.Next(256); break;
                case 1: octets.RemoveAt(at); break;
                case 2: octets.Insert(at, octets[at]); break;
                case 3: octets.Insert(at, Interesting[random.Next(Interesting.Length)]); break;
                case 4: octets.InsertRange(at, octets.GetRange(at, Math.Min(octets.Count - at, random.Next(1, 40)))); break;
                default: octets.RemoveRange(at, Math.Min(octets.Count - at, random.Next(1, 10))); break;
            }
        }

        return [.. octets];
    }

    private static readonly byte[] Interesting = "\r\n\0 .<>@\"\\:=,;[]()+-"u8.ToArray().Append((byte)0x80).Append((byte)0xff).ToArray();

    /// <summary>The octets cut into pieces of random length, as segments of one sequence that grows.</summary>
    public static IEnumerable<byte[]> Pieces(Random random, byte[] octets)
    {
        for (var at = 0; at < octets.Length;)
        {
            var length = Math.Min(octets.Length - at, random.Next(4) == 0 ? random.Next(1, 200) : random.Next(1, 8));
            yield return octets[at..(at + length)];
            at += length;
        }
    }
}
