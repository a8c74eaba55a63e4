# OrderedDict as a cache of the least recently used, as a queue at both ends, and walked.
from collections import OrderedDict


def lru(size, keys):
    cache = OrderedDict()
    hits = 0
    for key in keys:
        if key in cache:
            cache.move_to_end(key)
            hits += 1
        else:
            cache[key] = key
            if len(cache) > size:
                cache.popitem(last=False)
    return hits


def ends(size, rounds):
    queue = OrderedDict.fromkeys(range(size))
    for n in range(size, size + rounds):
        first = next(iter(queue))
        queue.move_to_end(first)
        queue.move_to_end(next(reversed(queue)), last=False)
        queue.popitem(last=False)
        queue[n] = None
    return len(queue)


def walks(size, rounds):
    d = OrderedDict.fromkeys(range(size), 1)
    total = 0
    for _ in range(rounds):
        for key, value in d.items():
            total += value
    return total


keys = [(n * n * 31 + n) % 104729 % 3000 for n in range(200_000)]
print(*(lru(size, keys) for size in (100, 1000, 10_000)), ends(5000, 100_000), walks(1000, 300))
