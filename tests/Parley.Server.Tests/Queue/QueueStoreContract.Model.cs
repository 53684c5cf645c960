using Parley.Server.Queue;

namespace Parley.Server.Tests.Queue;

public abstract partial class QueueStoreContract
{
    private static readonly string[] Destinations = ["a.example", "b.example", "c.example"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_is_done_in_whatever_order_the_store_stands_as_the_model_does(int seed)
    {
        const int Steps = 300;
        var run = new ModelRun(new Random(seed), time, new ModelStore(time));
        for (var step = 0; step < Steps; step++)
        {
            if (step % 75 == 74)
            {
                await Reopen();
                run.Model.Release(null);
            }

            await run.Step(store);
            await run.Compare(store);
        }
    }

    /// <summary>Random acts on a store and on the model, and the comparison of the two.</summary>
    private sealed class ModelRun(Random random, ManualTime time, ModelStore model)
    {
        private readonly List<QueueId> ids = [];
        private readonly List<Claim> claims = [];

        public ModelStore Model => model;

        public Task Step(IQueueStore store)
        {
            time.Advance(TimeSpan.FromSeconds(random.Next(40)));
            return random.Next(20) switch
            {
                < 6 => Enqueue(store),
                < 10 => Claim(store),
                < 14 => Record(store),
                14 => Extend(store),
                15 => Release(store),
                16 => Delete(store),
                _ => Change(store),
            };
        }

        public async Task Compare(IQueueStore store)
        {
            Assert.Equal(model.Counts, await store.Count(default));
            var heads = model.Destinations();
            Assert.Equal(heads, await store.Destinations(string.Empty, 100, default));
            foreach (var destination in Destinations)
            {
                Assert.Equal(
                    heads.Where(head => head.Destination == destination).Select(head => (DateTimeOffset?)head.NextAttempt).SingleOrDefault(),
                    await store.NextAttempt(destination, default));
            }

            var page = await store.List(new MessageQuery { Limit = 1000 }, default);
            Assert.Equal(model.Ids, page.Messages.Select(message => message.Id));
            var queue = await store.ListQueue(new QueueFilter { Limit = 1000 }, default);
            Assert.Equal(model.Queued.Select(Shape), queue.Entries.Select(Shape));
        }

        private static string Shape(ModelStore.Message message) =>
            message.Id + string.Concat(message.Recipients.Select(recipient => Shape(recipient.Number, recipient.State, recipient.Attempts, recipient.NextAt)));

        private static string Shape(QueueEntry entry) =>
            entry.Id + string.Concat(entry.Recipients.Select(recipient =>
                Shape(recipient.Number, recipient.State, recipient.Attempts, recipient.NextAttempt ?? recipient.LeasedUntil ?? default)));

        private static string Shape(int number, RecipientState state, int attempts, DateTimeOffset next) =>
            $" {number}:{state}x{attempts}" + (state < RecipientState.Held ? $"@{next:O}" : string.Empty);

        private async Task Enqueue(IQueueStore store)
        {
            var message = await NewMessage(store);
            await using var content = message.Content;
            Assert.Equal(EnqueueResult.Stored, await store.Enqueue(message, default));
            model.Enqueue(message);
        }

        private async Task<NewMessage> NewMessage(IQueueStore store)
        {
            var recipients = Enumerable.Range(0, random.Next(1, 5))
                .Select(i => random.Next(3) == 0 ? Mail.Resting($"r{i}@home.example") : Mail.Going($"g{i}@{Pick(Destinations)}"));
            var message = await Mail.New(store, Mail.Envelope([.. recipients]), time.Now, Mail.Octets(random.Next(2000)));
            ids.Add(message.Id);
            return message;
        }

        private async Task Claim(IQueueStore store)
        {
            var (destination, limit) = (Pick(Destinations), random.Next(1, 6));
            var claim = (await store.Claim([destination], limit, TimeSpan.FromMinutes(1), default)).SingleOrDefault();
            var claimed = claim is null ? [] : claim.Messages.SelectMany(message => message.Recipients.Select(recipient => (message.Id, recipient.Number)));
            Assert.Equal(
                model.Claim(destination, limit, TimeSpan.FromMinutes(1), () => claim!.Lease).Order(),
                claimed.Order());
            if (claim is not null)
            {
                claims.Add(claim);
            }
        }

        private async Task Record(IQueueStore store)
        {
            if (claims.Count == 0)
            {
                return;
            }

            var claim = Pick(claims);
            var outcomes = claim.Messages.SelectMany(message => message.Recipients, (message, recipient) => Outcome(message.Id, recipient.Number))
                .Where(_ => random.Next(5) > 0).ToList();
            var report = random.Next(3) == 0 ? await NewMessage(store) : null;
            await using var content = report?.Content;
            Assert.Equal(model.Record(claim.Lease, outcomes, report), await store.Record(claim.Lease, outcomes, report, default));
        }

        private Outcome Outcome(QueueId id, int number) => random.Next(4) switch
        {
            0 => new Outcome.Failed(id, number, Refused),
            1 => new Outcome.Deferred(id, number, Later, time.Now + TimeSpan.FromMinutes(random.Next(10))) { Untried = random.Next(3) == 0 },
            _ => new Outcome.Delivered(id, number, Accepted),
        };

        private async Task Extend(IQueueStore store)
        {
            if (claims.Count > 0)
            {
                var lease = Pick(claims).Lease;
                Assert.Equal(model.Extend(lease, TimeSpan.FromMinutes(2)), await store.Extend(lease, TimeSpan.FromMinutes(2), default));
            }
        }

        private async Task Release(IQueueStore store)
        {
            if (claims.Count > 0)
            {
                var lease = Pick(claims).Lease;
                await store.Release(lease, default);
                model.Release(lease);
            }
        }

        private async Task Delete(IQueueStore store)
        {
            if (ids.Count > 0)
            {
                var id = Pick(ids);
                Assert.Equal(model.Delete(id), await store.Delete(id, default));
            }
        }

        private async Task Change(IQueueStore store)
        {
            if (ids.Count > 0)
            {
                var (id, change) = (Pick(ids), (QueueChange)random.Next(4));
                Assert.Equal(model.Change(id, change) ? 1 : 0, await store.Change([id], change, default));
            }
        }

        private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
    }
}
