using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Parley.Server.Configuration.Reading;

/// <summary>
/// Reads JSON with comments and trailing commas into <see cref="ConfigNode"/>s that know their line and column.
/// Bounded: 16 MiB, 64 levels deep.
/// </summary>
internal ref struct JsonText
{
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 64,
    };

    private readonly ReadOnlySpan<byte> octets;
    private readonly string source;
    private readonly bool hasLines;
    private readonly List<SettingsFault> faults;
    private Utf8JsonReader reader;
    private int line = 1;
    private int lineStart;
    private int scanned;

    private JsonText(ReadOnlySpan<byte> octets, string source, bool hasLines, List<SettingsFault> faults)
    {
        this.octets = octets;
        this.source = source;
        this.hasLines = hasLines;
        this.faults = faults;
        reader = new Utf8JsonReader(octets, Options);
    }

    /// <summary>The value, or null with one fault when the text is not JSON. A key given twice is a fault as well.</summary>
    /// <param name="octets">UTF-8, with or without a byte order mark.</param>
    /// <param name="source">The file, as the user names it, or the variable.</param>
    /// <param name="hasLines">Whether places have a line and column: a file has, a variable has not.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static ConfigNode? Read(ReadOnlySpan<byte> octets, string source, bool hasLines, List<SettingsFault> faults)
    {
        if (octets.StartsWith(Encoding.UTF8.Preamble))
        {
            octets = octets[Encoding.UTF8.Preamble.Length..];
        }

        if (octets.Length > MaxBytes)
        {
            faults.Add(new(new(source), "", $"longer than {MaxBytes} octets", "make it shorter"));
            return null;
        }

        if (!Utf8.IsValid(octets))
        {
            faults.Add(new(new(source), "", "not UTF-8 text", "save it in UTF-8"));
            return null;
        }

        if (octets.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            faults.Add(new(hasLines ? new(source, 1, 1) : new(source), "", "the configuration is empty", "write { … }"));
            return null;
        }

        return new JsonText(octets, source, hasLines, faults).ReadWhole();
    }

    private ConfigNode? ReadWhole()
    {
        try
        {
            reader.Read();
            var node = ReadValue("");
            reader.Read(); // throws for anything but comments after the value
            return node;
        }
        catch (JsonException fault)
        {
            var place = hasLines
                ? new Place(source, (int)(fault.LineNumber ?? 0) + 1, (int)(fault.BytePositionInLine ?? 0) + 1)
                : new Place(source);
            faults.Add(new(place, "", "not valid JSON: " + Plain(fault.Message), "mend the JSON there (comments and trailing commas are allowed)"));
            return null;
        }
        catch (InvalidOperationException)
        {
            // GetString refuses an escape such as \ud800 that stands for half a character.
            faults.Add(new(Here(), "", "a text holds half of a surrogate pair", "write the whole character"));
            return null;
        }
    }

    private ConfigNode ReadValue(string path)
    {
        var place = Here();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(path, place);
            case JsonTokenType.StartArray:
                var array = new ConfigNode(NodeKind.Array, place);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Items.Add(ReadValue(KeyPath.Item(path, array.Items.Count)));
                }

                return array;
            case JsonTokenType.String:
                return new ConfigNode(NodeKind.Text, place, reader.GetString()!);
            case JsonTokenType.Number:
                return new ConfigNode(NodeKind.Number, place, Encoding.ASCII.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return new ConfigNode(NodeKind.True, place);
            case JsonTokenType.False:
                return new ConfigNode(NodeKind.False, place);
            default:
                return new ConfigNode(NodeKind.Null, place);
        }
    }

    private ConfigNode ReadObject(string path, Place place)
    {
        var node = new ConfigNode(NodeKind.Object, place);
        var seen = new Dictionary<string, Place>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var namePlace = Here();
            var name = reader.GetString()!;
            var memberPath = KeyPath.Member(path, name);
            reader.Read();
            var value = ReadValue(memberPath);
            if (seen.TryAdd(name, namePlace))
            {
                node.Members.Add(new(name, namePlace, value));
            }
            else
            {
                faults.Add(new(namePlace, memberPath, $"given twice, first at {seen[name]}", "keep one of them"));
            }
        }

        return node;
    }

    // Tokens come in order, so the line of each is found by going on from the one before.
    private Place Here()
    {
        if (!hasLines)
        {
            return new Place(source);
        }

        var start = (int)reader.TokenStartIndex;
        for (var next = octets[scanned..start].IndexOf((byte)'\n'); next >= 0; next = octets[scanned..start].IndexOf((byte)'\n'))
        {
            scanned += next + 1;
            line++;
            lineStart = scanned;
        }

        scanned = start;
        return new Place(source, line, Encoding.UTF8.GetCharCount(octets[lineStart..start]) + 1);
    }

    // "… LineNumber: 3 | BytePositionInLine: 4." is said by the place already.
    private static string Plain(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
