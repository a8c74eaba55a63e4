# Calls of plain functions: positional, keyword and default arguments, recursion, a closure.
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def scale(value, factor=3, *, offset=0):
    return value * factor + offset


def make_adder(step):
    def add(value):
        return value + step
    return add


def main():
    total = 0
    add = make_adder(7)
    for i in range(2_400_000):
        total += scale(i) + scale(i, 2, offset=5)
        total = add(total) % 1_000_003
    for n in range(120):
        total += ackermann(2, n)
    print(total)


main()
