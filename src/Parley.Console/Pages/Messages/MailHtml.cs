using System.Text;
using Parley.Server.Mime;

namespace Parley.Console.Pages.Messages;

/// <summary>
/// Makes a mail's HTML fit for its frame. It is not cleaned: the frame's sandbox and policy let nothing run and nothing
/// load, which no cleaning could promise. Only images that came with the mail are put in.
/// </summary>
internal static class MailHtml
{
    private const int LongestId = 300;
    private const int LongestPage = 8 * 1024 * 1024;

    public static string ForFrame(string html, IReadOnlyList<Attachment> files)
    {
        // The longest names first, as one may begin with another.
        foreach (var file in files.Where(file => !file.Image.IsEmpty).OrderByDescending(file => file.ContentId!.Length))
        {
            if (file.ContentId is { Length: > 0 and <= LongestId } id)
            {
                html = Put(html, "cid:" + id, $"data:{file.Type};base64,{Convert.ToBase64String(file.Image.Span)}");
            }
        }

        return html;
    }

    // An image that is named a thousand times is put in as often as there is room.
    private static string Put(string html, string name, string data)
    {
        var page = new StringBuilder();
        var at = 0;
        for (var next = html.IndexOf(name, StringComparison.Ordinal); next >= 0; next = html.IndexOf(name, at, StringComparison.Ordinal))
        {
            if (page.Length + data.Length + html.Length - at > LongestPage)
            {
                break;
            }

            page.Append(html, at, next - at).Append(data);
            at = next + name.Length;
        }

        return at == 0 ? html : page.Append(html, at, html.Length - at).ToString();
    }
}
