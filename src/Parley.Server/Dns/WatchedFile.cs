namespace Parley.Server.Dns;

/// <summary>What a small system file says, read again at most every few seconds and only when it changed.</summary>
internal sealed class WatchedFile<T>(string path, Func<string, T> parse, TimeProvider time)
    where T : class
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private const long MaxOctets = 1 << 20;

    private readonly Lock gate = new();
    private T? value;
    private DateTime seen;
    private long next = long.MinValue;

    /// <summary>What it says now; a file that is missing, unreadable or too long counts as empty.</summary>
    public T Value
    {
        get
        {
            lock (gate)
            {
                var now = time.GetTimestamp();
                if (value is null || now >= next)
                {
                    next = now + (long)(LookEvery.TotalSeconds * time.TimestampFrequency);
                    Look();
                }

                return value!;
            }
        }
    }

    private void Look()
    {
        try
        {
            var file = new FileInfo(path);
            var changed = file.Exists ? file.LastWriteTimeUtc : DateTime.MinValue;
            if (value is null || changed != seen)
            {
                value = parse(file.Exists && file.Length <= MaxOctets ? File.ReadAllText(path) : string.Empty);
                seen = changed;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            value ??= parse(string.Empty);
        }
    }
}
