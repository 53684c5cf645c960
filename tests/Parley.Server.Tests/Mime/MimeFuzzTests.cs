using System.Text;
using Parley.Server.Mime;
using Parley.Tests.Shared;

namespace Parley.Server.Tests.Mime;

/// <summary>Seeded mutations of a message that uses everything, in pieces of random length: no exception, no hang, bounds kept.</summary>
[Trait("Kind", "Fuzz")]
public class MimeFuzzTests
{
    private static int Rounds => Parley.Tests.Shared.Fuzzing.Rounds;

    private static readonly string[] Fragments =
    [
        "--b", "--b--", "--c\r\n", "\r\n\r\n", "\n", "\r", "=?", "?=", "=?utf-8?B?", "=?utf-7?Q?", "=?iso-2022-jp?B?GyRC?=",
        "Content-Type: multipart/mixed; boundary=c\r\n", "Content-Type: ", "charset=", "charset=utf-16", "charset=gb18030",
        "filename*=", "filename*0*=utf-8''%", "(((((", "\"", "\\", ";;;;", "\0", "ÿ", "=", "=4", "base64", ": ", "\t",
    ];

    private static readonly byte[] Seed = Encoding.Latin1.GetBytes("""
        From: =?utf-8?Q?J=C3=BCrgen?= (a (nested) comment) <j@example.org>
        Subject: =?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?= =?utf-8?B?4pyT?=
         folded
        Content-Type: multipart/mixed; boundary="b"; x*0*=utf-8'en'a%20; x*1=b

        --b
        Content-Type: multipart/related; boundary=c

        --c
        Content-Type: text/html; charset=windows-1251
        Content-Transfer-Encoding: base64

        PGltZyBzcmM9Y2lkOmE+
        --c
        Content-Type: image/png
        Content-ID: <a>

        xyz
        --c--
        --b
        Content-Type: text/plain; charset=shift_jis
        Content-Transfer-Encoding: quoted-printable

        =82=B1 soft=
        line =
        --b
        Content-Disposition: attachment; filename*=utf-8''%e2%82%ac.txt

        bytes
        --b--
        """.ReplaceLineEndings("\r\n"));

    private static readonly MimeLimits Limits = new() { Parts = 20, Depth = 3, Fields = 20, HeaderOctets = 2048, BodyOctets = 512, FieldCharacters = 200 };

    [Fact]
    public void Mutated_messages_are_read_within_the_limits_however_they_are_cut_into_pieces() => Fuzzing.Run((random, _) =>
    {
        var raw = Mutate(random);
        var message = Read(new MemoryStream(raw), Limits);
        Assert.InRange(message.Attachments.Count, 0, Limits.Parts);
        Assert.InRange(message.Headers.Count, 0, Limits.Fields);
        Assert.InRange((message.Text ?? "").Length, 0, 2 * Limits.BodyOctets);
        Assert.True(message.Headers.All(field => field.Value.Length <= Limits.FieldCharacters));
        Assert.True(message.Attachments.All(file => !file.Name.Any(c => char.IsControl(c) || c is '/' or '\\')));

        var pieces = Read(new DripStream(raw, random), Limits);
        Assert.Equal((message.Text, message.Html), (pieces.Text, pieces.Html));
        Assert.True(message.Headers.SequenceEqual(pieces.Headers));
        Assert.True(message.Attachments.Select(Seen).SequenceEqual(pieces.Attachments.Select(Seen)));
    });

    [Fact]
    public void Mutated_header_sections_give_a_subject_within_its_bound() => Fuzzing.Run((random, _) =>
    {
        var raw = Mutate(random);
        Assert.InRange(HeaderSection.Subject(raw).Length, 0, HeaderSection.LongestSubject);
        Assert.InRange(HeaderSection.Count(raw).Octets, 0, raw.Length);
    });

    private static (int Number, string Name, string Type, long Size) Seen(Attachment file) => (file.Number, file.Name, file.Type, file.Size);

    // Streams in memory never wait.
    private static ReadableMessage Read(Stream raw, MimeLimits limits) =>
        MessageReader.Read(raw, limits, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static byte[] Mutate(Random random)
    {
        var raw = Seed.ToList();
        for (var changes = random.Next(1, 12); changes > 0; changes--)
        {
            var at = random.Next(raw.Count);
            switch (random.Next(4))
            {
                case 0:
                    raw[at] = (byte)random.Next(256);
                    break;
                case 1:
                    raw.RemoveRange(at, Math.Min(random.Next(1, 40), raw.Count - at - 1));
                    break;
                case 2:
                    raw.InsertRange(at, raw.GetRange(at, Math.Min(random.Next(1, 200), raw.Count - at)));
                    break;
                default:
                    raw.InsertRange(at, Encoding.Latin1.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
            }
        }

        return [.. raw];
    }

    // Gives out a few octets at a time.
    private sealed class DripStream(byte[] octets, Random random) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, 60))]));
    }
}
