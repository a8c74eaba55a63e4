# Generators: simple, chained, recursive through `yield from`, expressions, send.
def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1


def odd(source):
    for value in source:
        if value & 1:
            yield value


def tree(depth, label=1):
    if depth:
        yield from tree(depth - 1, 2 * label)
        yield label
        yield from tree(depth - 1, 2 * label + 1)


def averager():
    total = count = 0
    average = 0
    while True:
        total += yield average
        count += 1
        average = total // count


def averages(n):
    coroutine = averager()
    next(coroutine)
    last = 0
    for i in range(n):
        last = coroutine.send(i)
    return last


print(sum(odd(numbers(3_500_000))), sum(tree(17)), sum(i * i for i in range(2_400_000)), averages(1_400_000))
