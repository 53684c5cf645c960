using System.Globalization;

namespace Parley.Smtp.Sasl;

/// <summary>The tables of <c>Data/saslprep.txt</c>, read once when the first name or password outside ASCII comes.</summary>
internal sealed class UnicodeTables
{
    private static readonly Lazy<UnicodeTables> Loaded = new(Load);
    private readonly Dictionary<string, List<(int First, int Last, int[] Values)>> sections = [];
    private readonly Dictionary<(int First, int Second), int> compositions = [];

    private UnicodeTables(TextReader reader)
    {
        List<(int First, int Last, int[] Values)> section = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('@'))
            {
                sections[line[1..]] = section = [];
            }
            else if (!line.StartsWith('#'))
            {
                section.Add(ParseLine(line));
            }
        }

        foreach (var (composed, _, parts) in sections["composition"])
        {
            compositions[(parts[0], parts[1])] = composed;
        }

        Space = new RangeTable(sections["space"]);
        Nothing = new RangeTable(sections["nothing"]);
        Prohibited = new RangeTable(sections["prohibited"]);
        RightToLeft = new RangeTable(sections["right-to-left"]);
        LeftToRight = new RangeTable(sections["left-to-right"]);
        Class = new RangeTable(sections["class"]);
        Decomposition = new RangeTable(sections["decomposition"]);
    }

    public static UnicodeTables Current => Loaded.Value;

    public RangeTable Space { get; }

    public RangeTable Nothing { get; }

    public RangeTable Prohibited { get; }

    public RangeTable RightToLeft { get; }

    public RangeTable LeftToRight { get; }

    private RangeTable Class { get; }

    private RangeTable Decomposition { get; }

    public int CombiningClass(int codePoint) => Class.Find(codePoint) is { } range ? range.Values[0] : 0;

    /// <summary>The full compatibility decomposition; the code point itself where it has none.</summary>
    public int[] Decompose(int codePoint) => Decomposition.Find(codePoint) switch
    {
        null => [codePoint],
        { Values.Length: 1 } range => [range.Values[0] + codePoint - range.First],
        { } range => range.Values,
    };

    /// <summary>The code point that two make together, or 0.</summary>
    public int Compose(int first, int second) => compositions.GetValueOrDefault((first, second));

    private static (int First, int Last, int[] Values) ParseLine(string line)
    {
        var fields = line.Split(' ');
        var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
        return (Hex(fields[0][..dash]), Hex(fields[0][(dash + 1)..]), [.. fields.Skip(1).Select(Hex)]);
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static UnicodeTables Load()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("saslprep.txt")
            ?? throw new InvalidOperationException("The assembly was built without saslprep.txt.");
        using var reader = new StreamReader(stream);
        return new UnicodeTables(reader);
    }
}

/// <summary>Ranges of code points in ascending order, each with the values of its line.</summary>
internal sealed class RangeTable(List<(int First, int Last, int[] Values)> ranges)
{
    private readonly (int First, int Last, int[] Values)[] ranges = [.. ranges];

    public bool Contains(int codePoint) => Find(codePoint) is not null;

    public (int First, int Last, int[] Values)? Find(int codePoint)
    {
        var low = 0;
        var high = ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint < ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (codePoint > ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return ranges[middle];
            }
        }

        return null;
    }
}
