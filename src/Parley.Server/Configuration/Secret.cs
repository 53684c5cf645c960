using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.Configuration;

/// <summary>A password, token or key. It prints as asterisks wherever it ends up: logs, exceptions, records.</summary>
public sealed class Secret(string value) : IEquatable<Secret>
{
    private readonly string value = value;

    /// <summary>The secret itself; hand it to the code that needs it and to nobody else.</summary>
    public string Reveal() => value;

    /// <summary>Equal in constant time for equal lengths.</summary>
    public bool Equals(Secret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(other.value));

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => 0; // a hash of a secret tells about it, and none is kept in a table

    public override string ToString() => "***";
}
