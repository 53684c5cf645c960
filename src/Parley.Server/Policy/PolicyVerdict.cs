using Parley.Server.Queue;
using Parley.Smtp;

namespace Parley.Server.Policy;

/// <summary>What a check says of a recipient.</summary>
/// <param name="Reply">Said to the client.</param>
/// <param name="Deliveries">Where the message goes for this recipient, when it is taken.</param>
public sealed record PolicyVerdict(Reply Reply, IReadOnlyList<EnvelopeRecipient> Deliveries);
