using System.Collections.Concurrent;
using Parley.Codes;
using Parley.Server.Queue;

namespace Parley.Server.Delivery;

/// <summary>Recognises by the catalogue of wordings when a site asks its senders to slow down.</summary>
internal sealed class Throttling
{
    // The same words come thousands of times; those that vary (an address, a number) must not fill the memory.
    private const int MostRemembered = 2000;

    private static readonly Lazy<Catalogue> English = new(static () => Catalogue.Load());

    private readonly ConcurrentDictionary<(int, string, string), bool> known = new();

    /// <summary>Whether a reply asks to slow down.</summary>
    public bool IsAskedBy(AttemptReply reply)
    {
        if (reply.Code < 400)
        {
            return false;
        }

        var key = (reply.Code, reply.Enhanced, reply.Text);
        if (!known.TryGetValue(key, out var asks))
        {
            asks = Explainer.Explain(English.Value, $"{reply.Code} {reply.Enhanced} {reply.Text}").Any(explanation => explanation.Throttle);
            if (known.Count >= MostRemembered)
            {
                known.Clear();
            }

            known[key] = asks;
        }

        return asks;
    }
}
