using Parley.Server.Queue;

namespace Parley;

/// <summary>`parley queue hold`.</summary>
internal static class QueueHoldVerb
{
    public static Verb Create() => QueueVerb.Changing("hold", "Set entries aside until they are released.", QueueChange.Hold, "held");
}
