using System.Text;

namespace Parley.Server.Tests.Listening;

public sealed class UnreadRepliesTests
{
    [Fact]
    public async Task Commands_wait_while_many_replies_are_unread_and_all_are_answered_when_they_are_read()
    {
        const int Commands = 5000;
        const int Window = 20_000; // as it were the system's
        await using var client = new PipedConnection(unreadOctets: Window);
        await client.LastReply();

        await client.Send(new StringBuilder().Insert(0, "HELP\r\n", Commands).ToString());

        Assert.InRange(client.Unread, Window, Window + 20_000);
        Assert.Equal(TimeSpan.FromMinutes(5), client.Patience);
        var replies = 0;
        while (client.Unread > 0)
        {
            replies += (await client.Read()).Split("\r\n").Count(static line => line.StartsWith("214 ", StringComparison.Ordinal));
        }

        Assert.Equal(Commands, replies);
    }
}
