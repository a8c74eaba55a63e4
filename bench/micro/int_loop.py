# A loop over small ints: arithmetic, comparisons, bit operations, while and for.
def collatz_steps(limit):
    longest = best = 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            if n & 1:
                n = 3 * n + 1
            else:
                n >>= 1
            steps += 1
        if steps > longest:
            longest, best = steps, start
    return best, longest


def mix(rounds):
    h = 12345
    for i in range(rounds):
        h = (h ^ (i * 31)) & 0xFFFFFF
        h = (h << 3 | h >> 21) & 0xFFFFFF
    return h


print(collatz_steps(56_000), mix(1_800_000))
