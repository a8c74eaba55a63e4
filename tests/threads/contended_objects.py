"""Objects that several threads use at once all the time: they are counted in another way after a while, and that may neither lose them
too early nor keep them for ever."""
import gc
import sys
import threading
import weakref

from racing import in_threads

THREADS = 4
ROUNDS = 8_000


class Node:
    def __init__(self, value):
        self.value = value

    def double(self):
        return self.value * 2

    def __eq__(self, other):
        return self.value == other.value

    def __hash__(self):
        return hash(self.value)


def make_adder(n):
    def add(x):
        return x + n
    return add


def shared_things():
    return {
        "list": [Node(i) for i in range(10)], "tuple": tuple(str(i) + "x" for i in range(10)), "set": frozenset("abc"),
        "node": Node(21), "text": "".join(["a", "b", "c"] * 5), "big": 10 ** 30, "float": 1e300, "octets": bytes(range(50)),
        "function": make_adder(5), "method": Node(4).double, "lock": threading.Lock(), "range": range(5, 50),
    }


def use(i, things, rounds):
    for r in range(rounds):
        assert things["list"][r % 10].double() == r % 10 * 2
        assert things["tuple"][r % 10] == str(r % 10) + "x"
        assert "b" in things["set"]
        node = things["node"]
        assert node == node and node.value == 21
        assert len(things["text"] + "z") == 16
        assert things["big"] // 10 ** 29 == 10 and things["float"] > 1e299 and things["octets"][7] == 7
        assert things["function"](r) == r + 5 and things["method"]() == 8
        with things["lock"]:
            pass
        assert things["range"][1] == 6


def test_all_kinds():
    things = shared_things()
    in_threads(THREADS, use, things, ROUNDS)
    use(0, things, 20)
    in_threads(THREADS, use, things, 200)


def test_they_die():
    # Watched only afterwards: what has a weak reference is left alone.
    watched = []
    for _ in range(3):
        things = shared_things()
        in_threads(THREADS, use, things, ROUNDS // 4)
        watched += [weakref.ref(things[name]) for name in ("node", "function", "set", "lock")] + [weakref.ref(n) for n in things["list"]]
        del things
    for _ in range(5):
        gc.collect()
    assert not [r() for r in watched if r() is not None], watched


def test_registers_hold_them():
    # Frames and generators hold the objects while the way of counting changes.
    def generator(items):
        while True:
            for item in items:
                yield item

    def deep(n, node, items):
        if n == 0:
            for _ in range(400):
                assert items[0].value + node.value == node.value
            return node
        return deep(n - 1, node, items)

    def work(i, node, items):
        g = generator(items)
        for r in range(ROUNDS // 100):
            kept = [deep(r % 7, node, items), next(g), next(g)]
            assert kept[0] is node and kept[1].value == r * 2 % 10, r

    for _ in range(4):
        node, items = Node(3), [Node(i) for i in range(10)]
        in_threads(THREADS, work, node, items)
        died = weakref.ref(node)   # of the items, what suspended generators held may stay
        assert node.value == 3 and [n.value for n in items] == list(range(10))
        del node, items
    gc.collect()
    gc.collect()
    assert died() is None


def test_replaced_all_the_time():
    # New objects take the places of contended ones while others read.
    box = {"list": [0], "node": Node(0)}

    def work(i):
        for r in range(ROUNDS):
            if i == 0 and r % 50 == 0:
                box["list"] = [r] * 3
                box["node"] = Node(r)
            items, node = box["list"], box["node"]
            assert items[0] == items[-1] and node.value >= 0 and node.double() == node.value * 2

    in_threads(THREADS, work)
    gc.collect()


def test_collector_off():
    gc.disable()
    try:
        things = shared_things()
        in_threads(THREADS, use, things, ROUNDS // 8)
    finally:
        gc.enable()
    gc.collect()


def test_collected_meanwhile():
    things = shared_things()

    def work(i):
        if i == 0:
            for _ in range(20):
                gc.collect()
        else:
            use(i, things, ROUNDS // 4)

    in_threads(THREADS, work)


interval = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
sys.setswitchinterval(interval)
print("ok")
