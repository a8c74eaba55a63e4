# Exceptions: raised and caught near and far, finally, context managers, chains; and the cost of `try` alone.
class Stop(Exception):
    def __init__(self, value):
        super().__init__(value)
        self.value = value


class Guard:
    entered = 0

    def __enter__(self):
        Guard.entered += 1
        return self

    def __exit__(self, kind, value, traceback):
        return kind is KeyError


def dig(depth, value):
    if depth == 0:
        raise Stop(value)
    try:
        dig(depth - 1, value)
    finally:
        value += 1


def near(rounds):
    total = 0
    for i in range(rounds):
        try:
            if i % 3 == 0:
                raise ValueError(i)
            total += 1
        except ValueError as e:
            total += e.args[0] & 3
    return total


def far(rounds):
    total = 0
    for i in range(rounds):
        try:
            dig(6, i)
        except (TypeError, Stop) as e:
            total += e.value
    return total


def chains(rounds):
    total = 0
    table = {}
    for i in range(rounds):
        with Guard():
            table[i]
        try:
            try:
                [].pop()
            except IndexError as e:
                raise RuntimeError("empty") from e
        except RuntimeError as e:
            total += type(e.__cause__) is IndexError
    return total


print(near(1_600_000), far(120_000), chains(240_000), Guard.entered)
