using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Parley.Server.Mime;
using Parley.Server.Queue;

namespace Parley.Console.Api;

/// <summary>
/// Gives out a part of a message as a file. The sender's type is not repeated: the browser is to keep the file, not to
/// show or run it.
/// </summary>
internal static class PartDownload
{
    /// <summary>Sends a part; false, with nothing sent, when there is none of this number.</summary>
    public static async Task<bool> Send(HttpContext context, IQueueStore store, QueueId id, int number)
    {
        // A message is read once and forwards, so twice: for the name and the length, then for the content.
        if (await Find(store, id, number, context.RequestAborted) is not { } file
            || await store.OpenContent(id, context.RequestAborted) is not { } content)
        {
            return false;
        }

        await using (content)
        {
            var disposition = new ContentDispositionHeaderValue(DispositionTypeNames.Attachment);
            disposition.SetHttpFileName(file.Name);
            context.Response.Headers.ContentDisposition = disposition.ToString();
            context.Response.ContentType = MediaTypeNames.Application.Octet;
            context.Response.ContentLength = file.Size;
            return await MessageReader.CopyPart(content, number, context.Response.Body, context.RequestAborted);
        }
    }

    private static async Task<Attachment?> Find(IQueueStore store, QueueId id, int number, CancellationToken cancellation)
    {
        if (await store.OpenContent(id, cancellation) is not { } content)
        {
            return null;
        }

        await using (content)
        {
            var message = await MessageReader.Read(content, null, cancellation);
            return message.Attachments.FirstOrDefault(file => file.Number == number);
        }
    }
}
