using System.Text;

namespace Parley.Server.Tests.Listening;

/// <summary>How long a message is waited for: 10 minutes for a piece, and an hour in all where it comes too slowly.</summary>
public sealed class SlowMessageTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PipedConnection client = new();

    public async ValueTask InitializeAsync() => await client.Send("EHLO client.example\r\n");

    public ValueTask DisposeAsync() => client.DisposeAsync();

    [Fact]
    public async Task A_message_that_comes_octet_by_octet_is_waited_for_an_hour_and_what_its_octets_are_worth()
    {
        await Begin("DATA\r\n");
        for (var octets = 1; octets <= 6; octets++)
        {
            Assert.Equal(10 * Minute, client.Patience);
            client.Wait(9 * Minute);
            await client.Send("x");
        }

        // 54 minutes are over, and each octet is worth a hundredth of a second.
        Assert.Equal((6 * Minute) + TimeSpan.FromMilliseconds(60), client.Patience);
        client.Wait(client.Patience);
        client.TimeOut();

        Assert.Equal("421 4.4.2 The message data stopped or came too slowly, closing; nothing was stored", await client.LastReply());
        Assert.True(client.HasEnded);
    }

    [Theory]
    [InlineData("DATA\r\n", 1)]
    [InlineData("BDAT 99999999\r\n", 9)]
    public async Task A_hundred_octets_a_second_are_waited_for_as_long_as_they_come(string command, int minutes)
    {
        await Begin(command);
        var piece = new StringBuilder().Insert(0, new string('x', 58) + "\r\n", minutes * 100).ToString();
        for (var waited = 0; waited < 2000; waited += minutes)
        {
            Assert.Equal(10 * Minute, client.Patience);
            client.Wait(minutes * Minute);
            await client.Send(piece);
        }

        Assert.False(client.HasEnded);
    }

    [Fact]
    public async Task Octets_that_came_fast_at_first_are_worth_an_hour_at_most()
    {
        await Begin("DATA\r\n");
        await client.Send(new StringBuilder().Insert(0, new string('x', 58) + "\r\n", 100_000).ToString());
        for (var i = 0; i < 6; i++)
        {
            client.Wait(9 * Minute);
            await client.Send("x");
        }

        Assert.Equal((6 * Minute) + TimeSpan.FromMilliseconds(60), client.Patience);
    }

    [Fact]
    public async Task Chunks_of_one_message_are_waited_for_together_with_the_commands_between_them()
    {
        await Begin("BDAT 1\r\nx");
        for (var chunks = 2; chunks <= 15; chunks++)
        {
            Assert.Equal(5 * Minute, client.Patience);
            client.Wait(4 * Minute);
            await client.Send("BDAT 1\r\nx");
        }

        Assert.Equal((4 * Minute) + TimeSpan.FromMilliseconds(140), client.Patience);
        client.Wait(client.Patience);
        client.TimeOut();

        Assert.StartsWith("421 4.4.2 ", await client.LastReply(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_that_was_refused_is_read_no_longer_than_another()
    {
        await client.Send("BDAT 1000\r\n");
        Assert.StartsWith("503 ", await client.LastReply(), StringComparison.Ordinal);
        for (var i = 0; i < 6; i++)
        {
            client.Wait(9 * Minute);
            await client.Send("x");
        }

        Assert.Equal((6 * Minute) + TimeSpan.FromMilliseconds(60), client.Patience);
    }

    [Fact]
    public async Task The_next_message_is_waited_for_anew()
    {
        for (var message = 0; message < 3; message++)
        {
            await Begin("DATA\r\n");
            for (var i = 0; i < 6; i++)
            {
                Assert.Equal(10 * Minute, client.Patience);
                client.Wait(9 * Minute);
                await client.Send(i < 5 ? "x" : "\r\n.\r\n");
            }

            Assert.StartsWith("250 ", await client.LastReply(), StringComparison.Ordinal);
            Assert.Equal(5 * Minute, client.Patience);
        }
    }

    private async Task Begin(string command)
    {
        await client.Send("MAIL FROM:<a@example.net>\r\n");
        await client.Send("RCPT TO:<b@example.org>\r\n");
        await client.Send(command);
        await client.LastReply();
    }
}
