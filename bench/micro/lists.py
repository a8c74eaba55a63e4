# Lists: append, index, slice, comprehension, sort, a sieve, a matrix product.
def sieve(limit):
    flags = [True] * limit
    flags[0] = flags[1] = False
    for i in range(2, int(limit ** 0.5) + 1):
        if flags[i]:
            for j in range(i * i, limit, i):
                flags[j] = False
    return [i for i, prime in enumerate(flags) if prime]


def product(a, b):
    columns = [list(c) for c in zip(*b)]
    return [[sum([x * y for x, y in zip(row, column)]) for column in columns] for row in a]


def shuffle_and_sort(size):
    values = []
    seed = 42
    for _ in range(size):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(seed)
    values.sort()
    for i in range(1, len(values)):
        if values[i - 1] > values[i]:
            return -1
    return values[size // 2] + sum(values[::7]) + len(values[10:-10])


primes = sieve(2_500_000)
matrix = [[(i * j) % 17 for j in range(80)] for i in range(80)]
square = product(matrix, matrix)
print(len(primes), primes[-1], square[79][79], shuffle_and_sort(500_000))
