# Calls of methods: own, inherited, through super(), class and static methods, bound methods, operators.
class Counter:
    def __init__(self):
        self.count = 0

    def add(self, n):
        self.count += n
        return self

    def current(self):
        return self.count

    @staticmethod
    def twice(n):
        return n * 2

    @classmethod
    def make(cls):
        return cls()


class Bounded(Counter):
    def add(self, n):
        super().add(n)
        if self.count > 1000:
            self.count -= 1000
        return self


class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __add__(self, other):
        return Pair(self.a + other.a, self.b - other.b)

    def __eq__(self, other):
        return self.a == other.a and self.b == other.b


def run(rounds):
    plain, bounded = Counter.make(), Bounded.make()
    add = plain.add
    total = 0
    for i in range(rounds):
        plain.add(i).add(1)
        bounded.add(i & 7)
        add(plain.twice(2))
        total += bounded.current()
    pair, step = Pair(0, 0), Pair(1, 2)
    for _ in range(rounds // 2):
        pair = pair + step
        if pair == step:
            total += 1
    return total, plain.count, pair.a, pair.b


print(*run(1_000_000))
