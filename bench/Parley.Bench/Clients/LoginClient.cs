using Parley.Bench.Peers;

namespace Parley.Bench.Clients;

/// <summary>Our load client, logging in over and over: each unit is a whole session with STARTTLS and AUTH PLAIN, and no mail.</summary>
public sealed class LoginClient(Installation installation, LoginFixture login) : IClient
{
    private readonly LoadClient _client = new(installation, pipelining: false);

    public string Name => "parley-load, STARTTLS and AUTH PLAIN";

    public Task<Drive> DriveAsync(IPeer peer, Load load, double expectedPerSecond, CancellationToken cancel)
        => _client.LogInAsync(peer, load, login, cancel);
}
