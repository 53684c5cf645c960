using System.Buffers;
using System.Text;

namespace Parley.Server.Mime;

/// <summary>
/// Walks over a message as its octets come, and tells a visitor of each part and its decoded content. Memory does not
/// follow the message: it holds one header section, one line, and one boundary for each open multipart.
/// </summary>
internal sealed class PartWalker
{
    private const int LongestLine = 8 * 1024;

    private readonly PartVisitor visitor;
    private readonly MimeLimits limits;
    private readonly List<Multipart> open = [];
    private readonly ArrayBufferWriter<byte> header = new();
    private readonly byte[] line = new byte[LongestLine];
    private int lineLength;
    private bool lineGoesOn;
    private bool headerFull;
    private int parts;
    private State state = State.Header;
    private TransferDecoder? decoder;
    private int heldBack;

    public PartWalker(PartVisitor visitor, MimeLimits limits)
    {
        this.visitor = visitor;
        this.limits = limits;
    }

    private enum State
    {
        Header,
        Body,
        Between,
        Done,
    }

    /// <summary>Whether nothing that still comes would be looked at.</summary>
    public bool IsDone => state == State.Done;

    /// <summary>Takes the next octets.</summary>
    public void Feed(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && state != State.Done)
        {
            var end = octets.IndexOf((byte)'\n');
            var piece = octets[..(end < 0 ? Math.Min(octets.Length, LongestLine) : Math.Min(end + 1, LongestLine))];
            if (lineLength + piece.Length > LongestLine)
            {
                Line(line.AsSpan(0, lineLength));
                lineLength = 0;
            }

            octets = octets[piece.Length..];
            if (piece[^1] == '\n' && lineLength == 0)
            {
                Line(piece);
                continue;
            }

            piece.CopyTo(line.AsSpan(lineLength));
            lineLength += piece.Length;
            if (piece[^1] == '\n')
            {
                Line(line.AsSpan(0, lineLength));
                lineLength = 0;
            }
        }
    }

    /// <summary>The message has ended.</summary>
    public void End()
    {
        if (lineLength > 0 && state != State.Done)
        {
            Line(line.AsSpan(0, lineLength));
        }

        if (state == State.Header)
        {
            EndHeader();
        }

        // The line end before a boundary is the boundary's; without one it is the text's.
        EndBody(keepLineEnd: true);
        state = State.Done;
    }

    // A line, or a piece of one that is longer than the buffer.
    private void Line(ReadOnlySpan<byte> piece)
    {
        var begins = !lineGoesOn;
        lineGoesOn = piece[^1] != '\n';
        if (begins && open.Count > 0 && piece.StartsWith("--"u8) && Boundary(piece))
        {
            return;
        }

        if (state == State.Header && !HeaderLine(piece, begins))
        {
            EndHeader();
            if (state == State.Body && !IsBlank(piece))
            {
                Body(piece);
            }
        }
        else if (state == State.Body)
        {
            Body(piece);
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> piece) => piece is [(byte)'\n'] or [(byte)'\r', (byte)'\n'];

    // False when the line is none of the header section's.
    private bool HeaderLine(ReadOnlySpan<byte> piece, bool begins)
    {
        if (begins)
        {
            var folded = piece[0] is (byte)' ' or (byte)'\t' && header.WrittenCount > 0;
            if (IsBlank(piece) || !folded && HeaderFields.Colon(piece) < 0)
            {
                return false;
            }

            headerFull |= header.WrittenCount + piece.Length > limits.HeaderOctets;
        }

        if (!headerFull)
        {
            header.Write(piece[..Math.Min(piece.Length, Math.Max(0, limits.HeaderOctets - header.WrittenCount))]);
        }
        else
        {
            visitor.Cut(MimeCut.Header);
        }

        return true;
    }

    private void EndHeader()
    {
        var digest = open.Count > 0 && open[^1].IsDigest;
        var part = PartHeader.Parse(header.WrittenSpan, digest ? "message/rfc822" : "text/plain; charset=us-ascii");
        if (parts++ == 0)
        {
            visitor.Header(header.WrittenSpan);
        }

        header.ResetWrittenCount();
        headerFull = false;
        if (part.IsMultipart)
        {
            if (open.Count < limits.Depth)
            {
                open.Add(new Multipart(part.Boundary!, part.Type == "multipart/digest"));
                state = State.Between;
                return;
            }

            visitor.Cut(MimeCut.Depth);
        }

        if (parts > limits.Parts)
        {
            visitor.Cut(MimeCut.Parts);
            state = State.Done;
            return;
        }

        visitor.Begin(part);
        decoder = new TransferDecoder(TransferDecoder.Named(part.Encoding), visitor.Body);
        state = State.Body;
    }

    private void Body(ReadOnlySpan<byte> piece)
    {
        WriteHeldBack();
        heldBack = piece[^1] != '\n' ? 0 : piece.EndsWith("\r\n"u8) ? 2 : 1;
        decoder!.Write(piece[..^heldBack]);
    }

    private void WriteHeldBack()
    {
        if (heldBack > 0)
        {
            decoder!.Write("\r\n"u8[(2 - heldBack)..]);
            heldBack = 0;
        }
    }

    private void EndBody(bool keepLineEnd)
    {
        if (decoder is null)
        {
            return;
        }

        if (keepLineEnd)
        {
            WriteHeldBack();
        }

        heldBack = 0;
        decoder.End();
        decoder = null;
        visitor.End();
    }

    // RFC 2046 §5.1.1: "--", the boundary, perhaps "--", white space. An outer boundary ends all that is within.
    private bool Boundary(ReadOnlySpan<byte> piece)
    {
        var text = piece[2..].TrimEnd(" \t\r\n"u8);
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var boundary = open[i].Boundary;
            var closes = text.Length == boundary.Length + 2 && text.EndsWith("--"u8);
            if (!(text.Length == boundary.Length || closes) || !text.StartsWith(boundary))
            {
                continue;
            }

            if (state == State.Header)
            {
                EndHeader();
            }

            EndBody(keepLineEnd: false);
            if (state != State.Done)
            {
                open.RemoveRange(closes ? i : i + 1, open.Count - (closes ? i : i + 1));
                state = closes ? State.Between : State.Header;
            }

            return true;
        }

        return false;
    }

    private sealed class Multipart(string boundary, bool isDigest)
    {
        public byte[] Boundary { get; } = Encoding.UTF8.GetBytes(boundary.TrimEnd());

        public bool IsDigest { get; } = isDigest;
    }
}
