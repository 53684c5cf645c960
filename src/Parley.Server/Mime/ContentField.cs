using System.Text;

namespace Parley.Server.Mime;

/// <summary>
/// A field of the form <c>value; name=value; …</c>: Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183),
/// with parameters that are continued or name their charset (RFC 2231). What is malformed is left out.
/// </summary>
internal sealed class ContentField
{
    private const int MostParameters = 64;
    private const int LongestValue = 1000;

    private readonly Dictionary<string, string> parameters;

    private ContentField(string value, Dictionary<string, string> parameters)
    {
        Value = value;
        this.parameters = parameters;
    }

    /// <summary>What stands before the first semicolon, in lower case.</summary>
    public string Value { get; }

    /// <summary>A parameter by its name in lower case, decoded; null when it is not there.</summary>
    public string? this[string name] => parameters.GetValueOrDefault(name);

    /// <summary>Reads a field's body, unfolded.</summary>
    public static ContentField Parse(string text)
    {
        var reader = new FieldReader(text);
        var value = new StringBuilder();
        while (reader.Token() is { Length: > 0 } token)
        {
            value.Append(token);
        }

        var pieces = new Pieces();
        for (var count = 0; count < MostParameters && reader.NextParameter(out var name, out var content); count++)
        {
            pieces.Add(name, content);
        }

        return new ContentField(value.ToString().ToLowerInvariant(), pieces.Join());
    }

    // RFC 2231 §3 and §4: name*0=…; name*1*=…, and charset'language'text with percent octets.
    private sealed class Pieces
    {
        private readonly SortedDictionary<(string Name, int Number), (string Text, bool Encoded)> found = [];

        public void Add(string name, string text)
        {
            name = name.ToLowerInvariant();
            var encoded = name.EndsWith('*');
            name = encoded ? name[..^1] : name;
            var number = -1;
            var star = name.LastIndexOf('*');
            if (star > 0 && int.TryParse(name.AsSpan(star + 1), out var piece) && piece is >= 0 and < MostParameters)
            {
                number = piece;
                name = name[..star];
            }
            else if (encoded)
            {
                number = 0;
            }

            // The first of a name stands; a second is somebody's attempt to show two readers two things.
            found.TryAdd((name, number), (text, encoded));
        }

        public Dictionary<string, string> Join()
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var group in found.GroupBy(piece => piece.Key.Name))
            {
                // The form of RFC 2231 is preferred to the plain one beside it (RFC 6266 §4.3 says why).
                var extended = group.Where(piece => piece.Key.Number >= 0).Select(piece => piece.Value).ToList();
                var value = extended.Count > 0 ? Extended(extended) : EncodedWords.Decode(group.First().Value.Text);
                values[group.Key] = value.Length <= LongestValue ? value : value[..LongestValue];
            }

            return values;
        }

        private static string Extended(List<(string Text, bool Encoded)> pieces)
        {
            string? charset = null;
            var octets = new List<byte>();
            for (var i = 0; i < pieces.Count; i++)
            {
                var (text, encoded) = pieces[i];
                if (i == 0 && encoded && text.Split('\'', 3) is [var named, _, var rest])
                {
                    (charset, text) = (named, rest);
                }

                AddOctets(octets, text, encoded);
            }

            return Charsets.Decode([.. octets], charset, out _);
        }

        private static void AddOctets(List<byte> octets, string text, bool encoded)
        {
            var raw = Encoding.UTF8.GetBytes(text);
            for (var i = 0; i < raw.Length; i++)
            {
                if (encoded && raw[i] == '%' && i + 2 < raw.Length && char.IsAsciiHexDigit((char)raw[i + 1]) && char.IsAsciiHexDigit((char)raw[i + 2]))
                {
                    octets.Add((byte)(Hex.Value(raw[i + 1]) << 4 | Hex.Value(raw[i + 2])));
                    i += 2;
                }
                else
                {
                    octets.Add(raw[i]);
                }
            }
        }
    }
}
