namespace Parley.Server.Queue;

/// <summary>The store cannot be opened, for a reason that the operator can mend; the program ends with exit 2.</summary>
public class StoreUnusableException : Exception
{
    /// <summary>With what is wrong and how to mend it, in one line.</summary>
    public StoreUnusableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>Another server has the data folder.</summary>
public sealed class StoreInUseException : StoreUnusableException
{
    /// <summary>With the folder in question.</summary>
    public StoreInUseException(string folder, Exception? inner = null)
        : base($"{folder} is in use by another server; stop that one, or give this one another folder with --data", inner) =>
        Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }
}
