using Parley.Codes;
using Parley.Server.Queue;

namespace Parley.Console.Api;

/// <summary>What the last replies of a queue mean: the same words come thousands of times, and are explained once.</summary>
/// <param name="catalogue">The reader's language.</param>
internal sealed class ReplyMeanings(Catalogue catalogue)
{
    // Words that differ each time, with a number or an address in them, must not fill the memory.
    private const int MostRemembered = 500;

    private readonly Dictionary<(int Code, string Enhanced, string Text), ReplyExplanation?> known = [];

    /// <summary>The explanation; null where the catalogue has none.</summary>
    public ReplyExplanation? Of(AttemptReply reply)
    {
        var said = (reply.Code, reply.Enhanced, reply.Text);
        if (known.TryGetValue(said, out var meaning))
        {
            return meaning;
        }

        if (known.Count == MostRemembered)
        {
            known.Clear();
        }

        var text = $"{(reply.Code > 0 ? reply.Code : "")} {reply.Enhanced} {reply.Text}".Trim();
        return known[said] = Explainer.Explain(catalogue, text).FirstOrDefault();
    }
}
