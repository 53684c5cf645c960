using Parley.Server.Configuration;
using Parley.Smtp.Serving;

namespace Parley.Server.Policy;

/// <summary>What the checks of a recipient may look at.</summary>
/// <param name="Settings">The configuration in force for this question.</param>
/// <param name="Session">The session.</param>
/// <param name="Transaction">The transaction so far.</param>
/// <param name="Recipient">The recipient asked for.</param>
public sealed record RecipientQuestion(Settings Settings, SmtpSession Session, MailTransaction Transaction, Recipient Recipient);
