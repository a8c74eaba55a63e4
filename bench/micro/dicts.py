# Dicts: counting, string and int and tuple keys, get and setdefault, iteration, deletion, comprehensions.
def count_words(rounds):
    words = "the quick brown fox jumps over the lazy dog while the other foxes sleep under a tree".split()
    counts = {}
    for _ in range(rounds):
        for w in words:
            counts[w] = counts.get(w, 0) + 1
    return counts["the"], len(counts)


def grid(size):
    cells = {}
    for x in range(size):
        for y in range(size):
            cells[x, y] = x ^ y
    total = 0
    for (x, y), value in cells.items():
        if (y, x) in cells:
            total += value
    return total


def memo(limit):
    seen = {1: 1}
    for n in range(2, limit):
        m, steps = n, 0
        while m not in seen:
            m = m // 2 if m % 2 == 0 else 3 * m + 1
            steps += 1
        seen[n] = seen[m] + steps
    groups = {}
    for n, steps in seen.items():
        groups.setdefault(steps, []).append(n)
    for steps in list(groups):
        if len(groups[steps]) < 10:
            del groups[steps]
    return len(groups), max({k: len(v) for k, v in groups.items()}.values())


print(*count_words(110_000), grid(520), *memo(320_000))
