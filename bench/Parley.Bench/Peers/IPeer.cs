namespace Parley.Bench.Peers;

/// <summary>A server under measurement, running.</summary>
public interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Its SMTP port on 127.0.0.1.</summary>
    int Port { get; }

    /// <summary>The processes at the roots of its trees.</summary>
    IReadOnlyList<int> RootProcesses { get; }

    /// <summary>Messages accepted but not yet dealt with: while there are any, the peer is still at work for the last drive.</summary>
    int Backlog { get; }
}
