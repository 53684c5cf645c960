using Parley.Server.Queue;

namespace Parley;

/// <summary>`parley queue remove`.</summary>
internal static class QueueRemoveVerb
{
    public static Verb Create() => QueueVerb.Changing("remove", "Drop entries from the queue; nobody is told.", QueueChange.Remove, "removed");
}
