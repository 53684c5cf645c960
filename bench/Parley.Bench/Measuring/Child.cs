using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Parley.Bench.Measuring;

/// <summary>A program that the bench started, with the end of what it said; it is ended, by its id, when disposed.</summary>
public sealed class Child : IAsyncDisposable
{
    private const int LinesKept = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private Child(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    public string Errors => string.Join(Environment.NewLine, _errors);

    public static Child Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        return new Child(Process.Start(start) ?? throw new BenchException($"{program} did not start."));
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="BenchException">It ended with an exit code that is not in <paramref name="accepted"/>.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancel, params int[] accepted)
    {
        await using var child = Start(program, arguments);
        child.Input.Close();
        var output = await child.Output.ReadToEndAsync(cancel);
        await child._process.WaitForExitAsync(cancel);
        return child._process.ExitCode == 0 || accepted.Contains(child._process.ExitCode)
            ? output
            : throw new BenchException($"{Path.GetFileName(program)} ended with {child._process.ExitCode}: {output}{child.Errors}");
    }

    /// <summary>The first line that starts with <paramref name="prefix"/>.</summary>
    public async Task<string> LineAsync(string prefix, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            while (await Output.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"{_process.ProcessName} printed no line '{prefix}…' within {Patience.TotalSeconds} s: {Errors}");
        }

        throw new BenchException($"{Path.GetFileName(_process.StartInfo.FileName)} ended without the line '{prefix}…': {Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            NativeMethods.Kill(_process.Id, NativeMethods.SigTerm);
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{_process.ProcessName} did not end on SIGTERM within {Patience.TotalSeconds} s; killed."));
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _errors.Enqueue(line);
        while (_errors.Count > LinesKept)
        {
            _errors.TryDequeue(out _);
        }
    }
}
