using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.Console.Access;
using Parley.Console.Api;
using Parley.Server.Journal;
using Parley.Server.Mime;
using Parley.Server.Queue;

namespace Parley.Console.Pages.Messages;

/// <summary>The list at <c>/</c>, a message, its HTML for the frame, its files, and its deletion.</summary>
internal static class MessagePages
{
    private const int PageLength = 50;
    private const int SourceOctets = 64 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", List);
        app.MapGet("/messages/{id}", Show);
        app.MapGet("/messages/{id}/html", Html);
        app.MapGet("/messages/{id}/parts/{part:int}", Part);
        app.MapPost("/messages/{id}/delete", Delete);
    }

    private static async Task<IResult> List(ConsoleParts parts, string? query, string? after, CancellationToken cancellation)
    {
        QueueId? cursor = QueueId.TryParse(after, out var id) ? id : null;
        var page = await parts.Store.List(new MessageQuery { Words = query ?? "", After = cursor, Limit = PageLength }, cancellation);
        return new PageResult<MessageListPage>(new()
        {
            [nameof(MessageListPage.Page)] = page,
            [nameof(MessageListPage.Words)] = query ?? "",
            [nameof(MessageListPage.IsFirst)] = cursor is null,
            [nameof(MessageListPage.Stored)] = (await parts.Store.Count(cancellation)).Messages,
            [nameof(MessageListPage.Smtp)] = Reachable(parts.SmtpAddresses().FirstOrDefault()),
        });
    }

    private static async Task<IResult> Show(ConsoleParts parts, FormToken token, HttpContext context, string id) =>
        await View(parts, token, context, id) is { } view
            ? new PageResult<MessageShowPage>(new() { [nameof(MessageShowPage.View)] = view })
            : Answers.NoMessage();

    private static async Task<IResult> Html(ConsoleParts parts, HttpContext context, string id)
    {
        if (!QueueId.TryParse(id, out var name) || await Read(parts.Store, name, context.RequestAborted) is not { Html: { } html } message)
        {
            return Answers.NoMessage();
        }

        // Alone in a tab it could lead the reader elsewhere (meta refresh), which the page around the frame forbids.
        if (context.Request.Headers["Sec-Fetch-Dest"] == "document")
        {
            return Answers.SeeOther($"/messages/{name}");
        }

        context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.MailPolicy;
        return Results.Text(MailHtml.ForFrame(html, message.Attachments), "text/html; charset=utf-8");
    }

    private static async Task<IResult> Part(ConsoleParts parts, HttpContext context, string id, int part) =>
        QueueId.TryParse(id, out var name) && await PartDownload.Send(context, parts.Store, name, part) ? Results.Empty : Answers.NoMessage();

    private static async Task<IResult> Delete(ConsoleParts parts, FormToken token, HttpContext context, string id)
    {
        if (!context.Request.HasFormContentType || !token.IsGood(context, await context.Request.ReadFormAsync(context.RequestAborted)))
        {
            return Answers.StaleForm();
        }

        var result = QueueId.TryParse(id, out var name) ? await parts.Store.Delete(name, context.RequestAborted) : DeleteResult.NotFound;
        return result switch
        {
            DeleteResult.Deleted => Answers.SeeOther("/"),
            DeleteResult.StillQueued when await View(parts, token, context, id) is { } view => new PageResult<MessageShowPage>(
                new()
                {
                    [nameof(MessageShowPage.View)] = view with { Fault = "A recipient still waits for this message. Remove it from the queue first." },
                },
                StatusCodes.Status409Conflict),
            _ => Answers.NoMessage(),
        };
    }

    private static async Task<MessageView?> View(ConsoleParts parts, FormToken token, HttpContext context, string id)
    {
        if (!QueueId.TryParse(id, out var name) || await parts.Store.Find(name, context.RequestAborted) is not { } stored
            || await Read(parts.Store, name, context.RequestAborted) is not { } message)
        {
            return null;
        }

        var (source, isCut) = await Source(parts.Store, name, context.RequestAborted);
        var session = stored.Session is null ? null : await parts.Journal.Find(stored.Session, context.RequestAborted);
        return new MessageView(stored, message, source, isCut, session, token.For(context));
    }

    private static async Task<ReadableMessage?> Read(IQueueStore store, QueueId id, CancellationToken cancellation)
    {
        if (await store.OpenContent(id, cancellation) is not { } content)
        {
            return null;
        }

        await using (content)
        {
            return await MessageReader.Read(content, null, cancellation);
        }
    }

    private static async Task<(string Text, bool IsCut)> Source(IQueueStore store, QueueId id, CancellationToken cancellation)
    {
        if (await store.OpenContent(id, cancellation) is not { } content)
        {
            return ("", false);
        }

        await using (content)
        {
            var octets = new byte[Math.Min(SourceOctets, content.Length)];
            await content.ReadExactlyAsync(octets, cancellation);
            return (Encoding.UTF8.GetString(octets).Replace("\r\n", "\n", StringComparison.Ordinal), content.Length > octets.Length);
        }
    }

    // An address to type: any of this machine's is written as loopback.
    private static string? Reachable(IPEndPoint? address) => address switch
    {
        null => null,
        _ when address.Address.Equals(IPAddress.Any) => new IPEndPoint(IPAddress.Loopback, address.Port).ToString(),
        _ when address.Address.Equals(IPAddress.IPv6Any) => new IPEndPoint(IPAddress.IPv6Loopback, address.Port).ToString(),
        _ => address.ToString(),
    };
}
