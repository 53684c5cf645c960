using Parley.Server.Queue;

namespace Parley;

/// <summary>`parley queue retry`.</summary>
internal static class QueueRetryVerb
{
    public static Verb Create() => QueueVerb.Changing("retry", "Try entries again now.", QueueChange.Retry, "are due now", "is due now");
}
