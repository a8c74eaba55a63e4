"""Eight threads share OrderedDicts: a key on the move is never missing, each pair is popped once, whoever looks at the whole sees one
moment of it, and a cache that forgets what was used least recently keeps its size.

On an orochi or a Python with a GIL; the listing and comparing at one moment is more than a free-threaded CPython promises.
"""

import itertools
import threading
import time
from collections import OrderedDict

from racing import Token, in_threads, make_random

THREADS = 8
KEYS = 40
ROUNDS = 1500


class Equals:
    """A key that is found by its __eq__ only."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n // 2

    def __eq__(self, other):
        return isinstance(other, Equals) and self.n == other.n

    def __repr__(self):
        return f"Equals({self.n})"


def moves(make_key, klass):
    """Half of the threads move keys, the others look them up, list and compare: none may be missing at any moment."""
    shared = klass((make_key(n), (n, Token(n))) for n in range(KEYS))
    expected = sorted(range(KEYS))

    def check_all(pairs):
        assert sorted(n for key, (n, token) in pairs) == expected, pairs

    def run(index):
        random = make_random(index + 1)
        for round in range(ROUNDS):
            n = random(KEYS)
            key = make_key(n)
            if index % 2:
                shared.move_to_end(key, last=bool(random(2)))
                continue
            number, token = shared[key]
            assert number == n and token.verify() == n
            assert key in shared and shared.get(key)[0] == n
            assert shared.setdefault(key, None)[0] == n
            if random(20) == 0:
                check_all(list(shared.items()) if klass is OrderedDict else list(shared.copy().items()))
                check_all(shared.copy().items())
                check_all(dict(shared).items())
                assert len(shared) == KEYS and shared == shared
                assert repr(shared).count(": (") == KEYS
                try:
                    check_all(shared.items())
                    sum(1 for key in reversed(shared))
                except RuntimeError as error:
                    assert "mutated during iteration" in str(error), error
            if random(20) == 0:
                shared[key] = n, Token(n)
    in_threads(THREADS, run)
    check_all(shared.items())
    assert list(reversed(shared)) == list(shared)[::-1]


def two_keys(make_key, seconds=0.4):
    """One thread does nothing but move two keys, so that others look just while an entry changes its place."""
    shared = OrderedDict((make_key(n), (n,)) for n in range(2))
    end = time.monotonic() + seconds

    def move():
        for n, last in (0, True), (1, True), (0, False), (1, False), (0, True), (1, True):
            shared.move_to_end(make_key(n), last)

    def look():
        # Keys of their own: equal to those in the dict, and not the same.
        first, second = make_key(0), make_key(1)
        assert shared[first] == (0,) and shared[second] == (1,)
        assert first in shared and shared.get(second) == (1,)

    def run(index):
        step = look if index else move
        while time.monotonic() < end:
            for _ in range(100):
                step()
    in_threads(2, run)
    assert len(shared) == 2


def pops():
    """Threads empty one dict from both ends: each pair comes out once, and in order at each end."""
    count = 4000
    shared = OrderedDict((n, Token(n)) for n in range(count))
    taken = [[] for _ in range(THREADS)]

    def run(index):
        last = bool(index % 2)
        try:
            while True:
                key, token = shared.popitem(last)
                assert token.verify() == key
                taken[index].append(key)
        except KeyError as error:
            assert "empty" in str(error), error
    in_threads(THREADS, run)
    assert sorted(itertools.chain(*taken)) == list(range(count)) and len(shared) == 0
    for index, keys in enumerate(taken):
        assert keys == sorted(keys, reverse=bool(index % 2))


class Cache:
    """Forgets what was used least recently. Each step is one call, and what it finds missing was forgotten by another thread."""

    def __init__(self, size):
        self.size = size
        self.pairs = OrderedDict()
        self.forgotten = [0] * THREADS
        self.made = [0] * THREADS

    def use(self, index, n):
        token = self.pairs.get(n)
        if token is not None:
            try:
                self.pairs.move_to_end(n)
            except KeyError as error:
                assert error.args == (n,)
            return token
        fresh = Token(n)
        token = self.pairs.setdefault(n, fresh)
        self.made[index] += token is fresh
        while len(self.pairs) > self.size:
            key, old = self.pairs.popitem(last=False)
            assert old.verify() == key
            self.forgotten[index] += 1
        return token


def cache():
    shared = Cache(30)

    def run(index):
        random = make_random(index + 50)
        for round in range(ROUNDS):
            n = random(20) if random(4) else random(200)
            assert shared.use(index, n).verify() == n
            assert len(shared.pairs) <= shared.size + THREADS
    in_threads(THREADS, run)
    assert len(shared.pairs) == sum(shared.made) - sum(shared.forgotten) <= shared.size
    for key, token in shared.pairs.items():
        assert token.verify() == key


class LockedCache(OrderedDict):
    """The same as people write it: a subclass with a lock around its steps. Nothing may go wrong in it at all."""

    def __init__(self, size):
        super().__init__()
        self.size = size
        self.lock = threading.Lock()

    def use(self, n):
        with self.lock:
            if n in self:
                self.move_to_end(n)
            else:
                self[n] = Token(n)
                if len(self) > self.size:
                    self.popitem(last=False)
            assert next(reversed(self)) == n and len(self) <= self.size
            return self[n]


def locked_cache():
    shared = LockedCache(30)

    def run(index):
        random = make_random(index + 90)
        for round in range(ROUNDS // 3):
            n = random(60)
            assert shared.use(n).verify() == n
    in_threads(THREADS, run)
    assert len(shared) == 30


def everything():
    """All that changes a dict at once; what stands in it at the end is whole."""
    shared = OrderedDict()

    def run(index):
        random = make_random(index + 7)
        for round in range(ROUNDS):
            n = random(30)
            choice = random(12)
            try:
                if choice < 4:
                    shared[n] = Token(n)
                elif choice < 6:
                    shared.move_to_end(n, last=choice == 4)
                elif choice < 8:
                    key, token = shared.popitem(last=choice == 6)
                    assert token.verify() == key
                elif choice == 8:
                    assert shared.pop(n).verify() == n
                elif choice == 9:
                    del shared[n]
                elif choice == 10:
                    for key, token in shared.items():
                        assert token.verify() == key
                elif random(10) == 0:
                    shared.clear()
                else:
                    shared.update({n: Token(n), n + 30: Token(n + 30)})
            except KeyError:
                pass
            except RuntimeError as error:
                assert "mutated during iteration" in str(error), error
    in_threads(THREADS, run)
    pairs = list(shared.items())
    assert [key for key, token in pairs] == list(shared) == list(reversed(shared))[::-1]
    assert len({key for key, token in pairs}) == len(pairs) == len(shared)
    for key, token in pairs:
        assert token.verify() == key and shared[key] is token


class Derived(OrderedDict):
    pass


for make_key in int, str, Equals:
    moves(make_key, OrderedDict)
moves(str, Derived)
for make_key in int, str, "key {}".format, Equals, lambda n: (n, str(n)):
    two_keys(make_key)
pops()
cache()
locked_cache()
everything()
print("ok")
