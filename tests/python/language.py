# A walk through the language: each line checks something that whole programs rely on.
import functools
import threading


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


assert fib(15) == 610


class Base:
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x

    @property
    def double(self):
        return self.x * 2


class Derived(Base):
    def get(self):
        return super().get() + 1


d = Derived(7)
assert d.get() == 8 and d.double == 14 and isinstance(d, Base)

# An attribute cache must not outlive a data descriptor that the class gets later.
log = []
Base.x = property(lambda self: "property", lambda self, v: log.append(v))
d.x = 5
assert d.x == "property" and log == [5] and d.__dict__ == {"x": 7}
del Base.x


def counter():
    n = 0

    def up(k=1, *, by=1):
        nonlocal n
        n += k * by
        return n

    return up


up = counter()
assert [up(), up(2), up(2, by=3)] == [1, 3, 9]


def numbers(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                yield got
    finally:
        log.append("closed")


g = numbers(3)
assert next(g) == 0 and g.send("x") == "x" and list(g) == [1, 2] and log[-1] == "closed"


def delegate():
    return (yield from numbers(2))


assert list(delegate()) == [0, 1]

try:
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("outer") from e
except ValueError as e:
    assert type(e.__cause__) is ZeroDivisionError and e.__traceback__ is not None
else:
    raise AssertionError

try:
    raise ExceptionGroup("g", [TypeError(1), KeyError(2)])
except* TypeError as g1:
    assert len(g1.exceptions) == 1
except* KeyError as g2:
    assert len(g2.exceptions) == 1

match {"kind": "point", "at": [1, 2]}:
    case {"kind": "point", "at": [a, b]}:
        assert (a, b) == (1, 2)
    case _:
        raise AssertionError

assert f"{3.14159:.2f} {d.get()!r:>4}" == "3.14    8"
assert {**{"a": 1}, "b": 2} == {"a": 1, "b": 2} and [*range(3), *"ab"] == [0, 1, 2, "a", "b"]
assert functools.reduce(lambda a, b: a * b, range(1, 25)) == 620448401733239439360000
assert sorted({"b": 1, "a": 2}, reverse=True) == ["b", "a"] and max([3, 1, 2], key=lambda v: -v) == 1

total = 0
lock = threading.Lock()


def work():
    global total
    for _ in range(2000):
        with lock:
            total += 1


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert total == 8000


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError:
    pass
else:
    raise AssertionError
print("fine")
