using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Parley.Sink;
using Parley.Smtp.Lines;
using Parley.Smtp.Serving;
using SmtpLine = Parley.Smtp.Lines.CommandLine;

namespace Parley.MicroBench;

/// <summary>The session without a socket: the commands of one message, its content, and a receiver that forgets.</summary>
public class SessionBenchmarks
{
    private readonly SmtpLine _mail = Line("MAIL FROM:<alice@example.org> SIZE=10240 BODY=8BITMIME");
    private readonly SmtpLine _rcpt = Line("RCPT TO:<bob@example.net>");
    private readonly SmtpLine _data = Line("DATA");
    private SmtpSession _session = null!;
    private ReadOnlySequence<byte> _content;

    [GlobalSetup]
    public async Task Setup()
    {
        _session = new SmtpSession(new SessionOptions { Hostname = "mx.example.org" }, new ForgettingReceiver(), client: null);
        await Receive(Line("EHLO client.example.org"), Next.Line);
        var text = string.Concat(Enumerable.Repeat(new string('c', 76) + "\r\n", 130));
        _content = Segments.Cut(Encoding.ASCII.GetBytes(text + ".\r\n"), Segments.PipeSegment);
    }

    [GlobalCleanup]
    public ValueTask Cleanup() => _session.DisposeAsync();

    [Benchmark]
    public async Task Message10Kilobytes()
    {
        await Receive(_mail, Next.Line);
        await Receive(_rcpt, Next.Line);
        await Receive(_data, Next.Data);
        var input = _content;
        var status = new DotReader().Read(ref input, _session.Content);
        await _session.ContentWritten(CancellationToken.None);
        var turn = await _session.ContentEnded(status, CancellationToken.None);
        Expect(turn, Next.Line);
    }

    // A refusal would be fast and worthless: each step has to end as a good client's does.
    private async ValueTask Receive(SmtpLine line, Next next) => Expect(await _session.Receive(line, CancellationToken.None), next);

    private static void Expect(Turn turn, Next next)
    {
        if (turn.Next != next || turn.Reply is null or { IsRefusal: true })
        {
            throw new InvalidOperationException($"The session answered {turn.Reply} and wants {turn.Next}.");
        }
    }

    private static SmtpLine Line(string text) => new(Encoding.ASCII.GetBytes(text));
}
