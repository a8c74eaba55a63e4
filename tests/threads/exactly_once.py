"""Eight threads empty one iterator: each item comes out once, and none is lost. What is not an iterator of its own, like pop(), is
measured with the same rule.
"""

import itertools
import queue
from collections import OrderedDict, deque
from operator import itemgetter

from racing import in_threads

COUNT = 3000


def drain(index, step, taken):
    append = taken[index].append
    try:
        while True:
            append(step())
    except (StopIteration, IndexError, KeyError, queue.Empty):
        pass


def check(name, step, expected):
    taken = [[] for _ in range(8)]
    in_threads(8, drain, step, taken)
    together = sorted(itertools.chain(*taken))
    assert together == sorted(expected), f"{name}: {len(together)} items of {len(expected)}"


def nexts(iterator):
    return lambda: next(iterator)


def main():
    numbers = list(range(COUNT))
    both = [(n, n) for n in numbers]
    iterators = {
        "list": (iter(numbers), numbers), "reversed list": (reversed(numbers), numbers), "tuple": (iter(tuple(numbers)), numbers),
        "range": (iter(range(COUNT)), numbers), "long range": (iter(range(2**70, 2**70 + COUNT)), range(2**70, 2**70 + COUNT)),
        "str": (iter("xy" * COUNT), "xy" * COUNT), "wide str": (iter("日本" * COUNT), "日本" * COUNT),
        "bytes": (iter(b"xy" * COUNT), b"xy" * COUNT), "bytearray": (iter(bytearray(b"xy" * COUNT)), b"xy" * COUNT),
        "memoryview": (iter(memoryview(b"xy" * COUNT)), b"xy" * COUNT),
        "dict": (iter(dict.fromkeys(numbers)), numbers), "dict values": (iter(dict(both).values()), numbers),
        "dict items": (iter(dict(both).items()), both), "reversed dict": (reversed(dict(both)), numbers),
        "OrderedDict": (iter(OrderedDict(both)), numbers), "OrderedDict values": (reversed(OrderedDict(both).values()), numbers),
        "OrderedDict items": (iter(OrderedDict(both).items()), both),
        "set": (iter(set(numbers)), numbers), "frozenset": (iter(frozenset(numbers)), numbers),
        "deque": (iter(deque(numbers)), numbers), "reversed deque": (reversed(deque(numbers)), numbers),
        "enumerate": (map(itemgetter(1), enumerate(numbers)), numbers), "map": (map(int, numbers), numbers), "filter": (filter(None, numbers), numbers[1:]),
        "islice": (itertools.islice(itertools.count(), COUNT), numbers), "chain": (itertools.chain(numbers[:9], numbers[9:]), numbers),
        "repeat": (itertools.repeat(5, COUNT), [5] * COUNT),
        "chain of many": (itertools.chain(*([n] for n in numbers)), numbers),
        "product": (itertools.product(range(50), range(60)), list(itertools.product(range(50), range(60)))),
        "combinations": (itertools.combinations(range(80), 2), list(itertools.combinations(range(80), 2))),
        "permutations": (itertools.permutations(range(50), 2), list(itertools.permutations(range(50), 2))),
    }
    for name, (iterator, expected) in iterators.items():
        check(name, nexts(iterator), list(expected))
    check("list.pop", numbers.copy().pop, numbers)
    first = numbers.copy()
    check("list.pop(0)", lambda: first.pop(0), numbers)
    check("deque.popleft", deque(numbers).popleft, numbers)
    check("set.pop", set(numbers).pop, numbers)
    check("dict.popitem", dict(both).popitem, both)
    ordered = OrderedDict(both)
    check("OrderedDict.popitem", lambda: ordered.popitem(last=False), both)
    simple = queue.SimpleQueue()
    for n in numbers:
        simple.put(n)
    check("SimpleQueue", simple.get_nowait, numbers)

    # Threads that come to the end of one source together.
    for _ in range(150):
        check("chain of a few", nexts(itertools.chain(*([n, n] for n in range(12)))), [n for n in range(12) for _ in range(2)])

    # Growing is as exact: nothing that was put in is lost.
    grown, table, group, ends = [], {}, set(), deque()

    def fill(index):
        for i in range(500):
            grown.append((index, i))
            table[index, i] = i
            group.add((index, i))
            (ends.append if i % 2 else ends.appendleft)((index, i))
    in_threads(8, fill)
    assert len(set(grown)) == len(grown) == len(table) == len(group) == len(ends) == len(set(ends)) == 4000

    def fill_at_once(index):
        for i in range(50):
            grown.extend([(index, i)] * 3)
            group.update({(index, i, k) for k in range(3)})
            table.update({(index, i, k): k for k in range(3)})
    in_threads(8, fill_at_once)
    assert len(grown) == 4000 + 8 * 150 and len(group) == 4000 + 8 * 150 and len(table) == 4000 + 8 * 150
    empty = set()

    def fill_the_empty(index):
        empty.add(index)
        empty.update({100 + index})
    for _ in range(100):
        empty.clear()
        in_threads(4, fill_the_empty)
        assert len(empty) == 8, empty
    print("ok")


main()
