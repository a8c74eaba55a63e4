"""What the programs of tests/threads share: tokens that tell when they are read after their end, a driver that runs small racy
sections in eight threads for a while, and iterators whose items are counted.

Everything passes on every Python, with and without a GIL: a section lets through only what Python documents for such programs.
"""

import os
import sys
import threading
import time

THREADS = 8


class Token:
    """An object with a check on itself: whoever finds another value in it has read freed memory."""

    __slots__ = ("number", "check", "__weakref__")

    def __init__(self, number):
        self.number = number
        self.check = ~number

    def verify(self):
        number = self.number
        if self.check != ~number:
            raise AssertionError(f"torn token {number!r} {self.check!r}")
        return number


def make_random(seed):
    """A generator of numbers that shares nothing with other threads: random(n) is below n."""
    state = seed * 2654435761 % 2**31 or 1

    def random(n):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state >> 8) % n
    return random


def allow(*exceptions, saying=None):
    """The exceptions that the operations of a section may raise; `saying`: what their message has to contain, one of these."""
    def decorate(function):
        def run(random):
            try:
                function(random)
            except exceptions as error:
                if isinstance(error, AssertionError):
                    raise
                if saying is not None and not any(text in str(error) for text in saying):
                    raise
        run.__name__ = function.__name__
        return run
    return decorate


MUTATED = ("changed size during iteration", "keys changed during iteration", "mutated during iteration",
           "changed during iteration", "mutated during update")


def in_threads(n, function, *arguments):
    """Runs function(index, *arguments) in n threads that start together; raises what the first one that failed raised."""
    failures = []
    start = threading.Barrier(n)

    def run(index):
        try:
            start.wait()
            function(index, *arguments)
        except BaseException as error:
            failures.append(error)
    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def seconds_to_run():
    """The first argument, or OROCHI_STRESS_SECONDS, or a few."""
    return float(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("OROCHI_STRESS_SECONDS", "4"))


class Counted:
    """An iterator shared by threads, replaced by a fresh one when it has ended: no item may be delivered twice, none that was not
    in the source. Makers give an iterator of distinct items out of `items`.
    """

    def __init__(self, *makers):
        self.makers = makers
        self.turn = 0
        self.batch = self.fresh()

    def fresh(self):
        self.turn += 1
        iterator, items = self.makers[self.turn % len(self.makers)]()
        return iterator, frozenset(items), []

    def take(self, allowed=()):
        batch = self.batch
        iterator, items, taken = batch
        try:
            item = next(iterator)
        except StopIteration:
            taken = taken.copy()
            assert len(set(taken)) == len(taken), f"{iterator} gave items twice: {sorted(map(repr, taken))}"
            if self.batch is batch:
                self.batch = self.fresh()
            return
        except allowed:
            self.batch = self.fresh()
            return
        assert item in items, f"{iterator} gave {item!r}"
        taken.append(item)


def run_sections(sections):
    """Eight threads that run sections picked at random until the time is over. The names of some may be given as arguments."""
    names = [a for a in sys.argv[2:] if a != "-v"]
    if names:
        sections = [s for s in sections if s.__name__ in names]
    failures = []
    rounds = [0] * THREADS
    end = time.monotonic() + seconds_to_run()

    def work(index):
        random = make_random(index + 1)
        section = None
        try:
            while time.monotonic() < end and not failures:
                section = sections[random(len(sections))]
                section(random)
                rounds[index] += 1
        except BaseException as error:
            failures.append((index, section.__name__, error))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    for index, name, error in failures:
        print("thread", index, "failed in", name, ":", type(error).__name__, error)
        tb = error.__traceback__
        while tb:
            print("   ", os.path.basename(tb.tb_frame.f_code.co_filename), tb.tb_lineno, "in", tb.tb_frame.f_code.co_name)
            tb = tb.tb_next
    if failures:
        sys.exit(1)
    if "-v" in sys.argv:
        print("rounds", sum(rounds))
    assert sum(rounds) > 0
    print("ok")
