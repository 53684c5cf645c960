using Parley.Server.Queue;

namespace Parley;

/// <summary>`parley queue release`.</summary>
internal static class QueueReleaseVerb
{
    public static Verb Create() => QueueVerb.Changing("release", "Take back entries that were held, and try them now.", QueueChange.Release, "released");
}
