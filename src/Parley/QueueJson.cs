using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parley.Codes;
using Parley.Console.Api;
using Parley.Server.Queue;

namespace Parley;

/// <summary>The JSON of the API, for scripts: one entry, or a list that is written an entry at a time.</summary>
internal sealed class QueueJson : IDisposable
{
    private const int PieceOctets = 32 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolverChain = { ApiJson.Default, CodesJsonContext.Default },
    };

    private readonly TextWriter output;
    private readonly ReplyMeanings meanings;
    private readonly ArrayBufferWriter<byte> octets = new(2 * PieceOctets);
    private readonly Utf8JsonWriter json;

    /// <summary>Begins a list, of the shape of <see cref="QueueList"/>.</summary>
    public QueueJson(TextWriter output, ReplyMeanings meanings)
    {
        this.output = output;
        this.meanings = meanings;
        json = new Utf8JsonWriter(octets, new JsonWriterOptions { Indented = Options.WriteIndented, Encoder = Options.Encoder });
        json.WriteStartObject();
        json.WriteStartArray("entries");
    }

    /// <summary>One entry by itself.</summary>
    public static string Of(QueueItem item) => JsonSerializer.Serialize(item, Options);

    /// <summary>The next entry of the list.</summary>
    public void Write(QueueEntry entry)
    {
        JsonSerializer.Serialize(json, QueueItem.Of(entry, meanings), Options);
        json.Flush();
        if (octets.WrittenCount >= PieceOctets)
        {
            HandOn();
        }
    }

    /// <summary>Ends the list, which was the whole: nothing comes after it.</summary>
    public void End()
    {
        json.WriteEndArray();
        json.WriteNull("next");
        json.WriteEndObject();
        HandOn();
        output.WriteLine();
    }

    public void Dispose() => json.Dispose();

    // Between two tokens, and so never in the middle of a character.
    private void HandOn()
    {
        json.Flush();
        output.Write(Encoding.UTF8.GetString(octets.WrittenSpan));
        octets.ResetWrittenCount();
    }
}
