using System.Net;
using System.Text;

namespace Parley.Console.Tests.Api;

public class MessagesApiTests
{
    private const string Attached = """
        Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
        Content-Type: multipart/mixed; boundary=b

        --b

        text
        --b
        Content-Type: text/html

        <script>alert(1)</script>
        --b
        Content-Type: text/html; name="../x.html"
        Content-Disposition: attachment
        Content-Transfer-Encoding: base64

        PGI+
        --b--
        """;

    [Fact]
    public async Task Messages_are_listed_newest_first_with_a_cursor()
    {
        await using var console = await RunningConsole.Start();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Insert(0, (await console.Put($"Subject: number {i}\n\nbody\n")).ToString());
        }

        var first = await console.Json("api/v1/messages?limit=2");
        Assert.Equal(ids[..2], first.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        var second = await console.Json($"api/v1/messages?limit=2&after={first.GetProperty("next").GetString()}");
        Assert.Equal(ids[2..], second.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task A_listed_message_shows_its_envelope_subject_and_size()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("Subject: =?utf-8?Q?caf=C3=A9?=\n\nbody\n", "", "bob@example.net", "carol@example.com");
        var message = Assert.Single((await console.Json("api/v1/messages")).GetProperty("messages").EnumerateArray());
        Assert.Equal(["id", "receivedAt", "from", "to", "subject", "size"], message.EnumerateObject().Select(p => p.Name));
        Assert.Equal(id.ToString(), message.GetProperty("id").GetString());
        Assert.Equal("", message.GetProperty("from").GetString());
        Assert.Equal(["bob@example.net", "carol@example.com"], message.GetProperty("to").EnumerateArray().Select(to => to.GetString()));
        Assert.Equal("café", message.GetProperty("subject").GetString());
        Assert.EndsWith("Z", message.GetProperty("receivedAt").GetString(), StringComparison.Ordinal);
        // The octets that came; our trace fields are not counted.
        Assert.Equal("Subject: =?utf-8?Q?caf=C3=A9?=\r\n\r\nbody\r\n".Length, message.GetProperty("size").GetInt64());
    }

    [Fact]
    public async Task A_query_finds_words_in_addresses_and_subject()
    {
        await using var console = await RunningConsole.Start();
        await console.Put("Subject: invoice 7\n\n.\n");
        await console.Put("Subject: greetings\n\n.\n", "zoe@example.org");
        Assert.Equal(1, (await console.Json("api/v1/messages?query=INVOICE")).GetProperty("messages").GetArrayLength());
        Assert.Equal(1, (await console.Json("api/v1/messages?query=zoe%20greet")).GetProperty("messages").GetArrayLength());
        Assert.Equal(0, (await console.Json("api/v1/messages?query=nobody")).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task A_message_is_shown_decoded()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put(Attached);
        var message = await console.Json($"api/v1/messages/{id}");
        Assert.Equal("text", message.GetProperty("text").GetString());
        Assert.Equal("<script>alert(1)</script>", message.GetProperty("html").GetString());
        Assert.Equal("session-1", message.GetProperty("session").GetString());
        Assert.Equal(["Received", "Subject", "Content-Type"], message.GetProperty("headers").EnumerateArray().Select(h => h.GetProperty("name").GetString()));
        Assert.Equal("Grüße", message.GetProperty("headers")[1].GetProperty("value").GetString());
        var file = Assert.Single(message.GetProperty("attachments").EnumerateArray());
        Assert.Equal(("x.html", "text/html", 3), (file.GetProperty("name").GetString(), file.GetProperty("type").GetString(), file.GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task The_raw_message_is_our_trace_and_then_exactly_what_came()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("Subject: raw\n\n.starts with a dot\nÜ\n");
        using var response = await console.Client.GetAsync($"api/v1/messages/{id}/raw");
        Assert.Equal("message/rfc822", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal(
            "Return-Path: <alice@example.org>\r\nReceived: from client.example by mx.example; today\r\nSubject: raw\r\n\r\n.starts with a dot\r\nÜ\r\n",
            Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task A_part_is_given_out_as_a_file_that_no_browser_runs()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put(Attached);
        var part = (await console.Json($"api/v1/messages/{id}")).GetProperty("attachments")[0].GetProperty("part").GetInt32();
        using var response = await console.Client.GetAsync($"api/v1/messages/{id}/parts/{part}");
        Assert.Equal("<b>", await response.Content.ReadAsStringAsync());
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(("attachment", "x.html"), (response.Content.Headers.ContentDisposition?.DispositionType, response.Content.Headers.ContentDisposition?.FileName));
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, $"api/v1/messages/{id}/parts/1");
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, $"api/v1/messages/{id}/parts/99");
    }

    [Fact]
    public async Task A_message_that_rests_can_be_deleted()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Put("Subject: x\n\n.\n");
        Assert.Equal(HttpStatusCode.NoContent, (await console.Client.DeleteAsync($"api/v1/messages/{id}")).StatusCode);
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Delete, $"api/v1/messages/{id}");
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, $"api/v1/messages/{id}");
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, $"api/v1/messages/{id}/raw");
    }

    [Fact]
    public async Task A_queued_message_cannot_be_deleted()
    {
        await using var console = await RunningConsole.Start();
        var id = await console.Queue("carol@example.com");
        var problem = await console.Problem(HttpStatusCode.Conflict, HttpMethod.Delete, $"api/v1/messages/{id}");
        Assert.Contains($"DELETE /api/v1/queue/{id}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/v1/messages?limit=0")]
    [InlineData("api/v1/messages?limit=1001")]
    [InlineData("api/v1/messages?limit=many")]
    [InlineData("api/v1/messages?after=nonsense")]
    [InlineData("api/v1/sessions?limit=-1")]
    [InlineData("api/v1/queue?state=asleep")]
    [InlineData("api/v1/queue?state=4")]
    public async Task A_wrong_parameter_is_a_wrong_request(string address)
    {
        await using var console = await RunningConsole.Start();
        await console.Problem(HttpStatusCode.BadRequest, HttpMethod.Get, address);
    }

    [Theory]
    [InlineData("api/v1/messages/nonsense")]
    [InlineData("api/v1/messages/000000000000")]
    [InlineData("api/v1/sessions/nonsense")]
    [InlineData("api/v1/queue/000000000000")]
    [InlineData("api/v1/nothing")]
    public async Task What_is_not_there_is_not_found(string address)
    {
        await using var console = await RunningConsole.Start();
        await console.Problem(HttpStatusCode.NotFound, HttpMethod.Get, address);
    }

    [Fact]
    public async Task A_method_that_an_address_lacks_is_a_problem_too()
    {
        await using var console = await RunningConsole.Start();
        await console.Problem(HttpStatusCode.MethodNotAllowed, HttpMethod.Put, "api/v1/messages");
    }
}
