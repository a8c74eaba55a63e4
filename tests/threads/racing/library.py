"""Sections on objects of native modules: io, functools, itertools, re, struct, queue, random, hashlib, heapq, str and int."""

import bisect
import collections
import functools
import hashlib
import heapq
import io
import itertools
import json
import operator
import queue
import random as random_module
import re
import struct
import sys

from . import MUTATED, Counted, Token, allow


# ---- io: what is written is made of small letters

class Files:
    text = io.StringIO()
    octets = io.BytesIO(b"abcdef")
    reader = io.BufferedReader(io.BytesIO(b"abcdefgh" * 500))
    writer = io.BufferedWriter(io.BytesIO())
    wrapper = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=False)


def check_text(text):
    assert all("a" <= c <= "z" or c == "\n" or c == "\0" for c in text), text


@allow(ValueError, saying=("closed",))
def string_io(random):
    f = Files.text
    for _ in range(20):
        choice = random(8)
        if choice < 2:
            f.write("abc\n" * random(4))
        elif choice == 2:
            check_text(f.read(random(20)))
        elif choice == 3:
            f.seek(random(50))
        elif choice == 4:
            check_text(f.getvalue())
        elif choice == 5:
            f.truncate(random(100))
        elif choice == 6:
            check_text(f.readline())
        else:
            assert f.tell() >= 0
    if random(50) == 0:
        Files.text = io.StringIO()


@allow(BufferError, ValueError, saying=("exports", "closed", "re-sized"))
def bytes_io(random):
    f = Files.octets
    for _ in range(20):
        choice = random(9)
        if choice < 2:
            f.write(b"abc" * random(4))
        elif choice == 2:
            check_text(f.read(random(20)).decode())
        elif choice == 3:
            f.seek(random(50))
        elif choice == 4:
            check_text(f.getvalue().decode())
        elif choice == 5:
            f.truncate(random(100))
        elif choice == 6:
            with f.getbuffer() as view:
                check_text(bytes(view).decode())
        elif choice == 7:
            f.readinto(bytearray(10))
        else:
            check_text(f.readline().decode())
    if random(50) == 0:
        Files.octets = io.BytesIO(b"xyz")


@allow(ValueError, BlockingIOError, RuntimeError, saying=("closed", "reentrant", "raw stream", "read length", "negative", "seek"))
def buffered_files(random):
    for _ in range(10):
        choice = random(7)
        if choice < 2:
            check_text(Files.reader.read(random(30)).decode())
        elif choice == 2:
            Files.reader.seek(random(4000))
        elif choice == 3:
            check_text(Files.reader.peek(5).decode())
        elif choice == 4:
            check_text(Files.reader.read1(7).decode())
        elif choice == 5:
            Files.writer.write(b"abc")
        else:
            Files.writer.flush()
    check_text(Files.reader.readline(5).decode())


# ---- functools

calls = itertools.count()


@functools.lru_cache(maxsize=16)
def cached_square(n):
    next(calls)
    return n * n, Token(n)


@functools.lru_cache(maxsize=None)
def cached_name(n, *, prefix="x"):
    return f"{prefix}{n}"


@functools.singledispatch
def dispatch(value):
    return "object"


@dispatch.register
def _(value: int):
    return "int"


class Holder:
    def __init__(self):
        self.n = 3

    @functools.cached_property
    def squared(self):
        return self.n ** 2

    @functools.lru_cache(maxsize=4)
    def method(self, n):
        return n + self.n


holder = [Holder()]


@allow()
def caches(random):
    for _ in range(20):
        n = random(40)
        square, token = cached_square(n)
        assert square == n * n and token.verify() == n
        assert cached_name(n, prefix="y") == f"y{n}"
        assert holder[0].squared == 9 and holder[0].method(n) == n + 3
        assert dispatch(1) == "int" and dispatch("a") == "object"
    info = cached_square.cache_info()
    assert 0 <= info.currsize <= 16 and info.maxsize == 16, info
    choice = random(30)
    if choice == 0:
        cached_square.cache_clear()
    elif choice == 1:
        cached_name.cache_clear()
    elif choice == 2:
        holder[0] = Holder()


shared_partial = functools.partial(int, base=16)


@allow()
def partials(random):
    assert shared_partial("ff") == 255
    assert functools.partial(shared_partial, "a")() == 10
    if random(4) == 0:
        shared_partial.__setstate__((int, (), {"base": 16}, {}))
    shared_partial.label = Token(1)
    try:
        shared_partial.label.verify()
    except AttributeError as error:      # another thread has replaced the dict
        assert "'label'" in str(error), error
    assert functools.reduce(operator.add, range(10)) == 45
    assert sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: a - b)) == [1, 2, 3]


# ---- itertools

def source():
    return [(i, Token(i)) for i in range(30)]


def over(make):
    def maker():
        items = source()
        return make(items), items
    return maker


def pairs(make, expect):
    def maker():
        items = source()
        return make(items), expect(items)
    return maker


single = Counted(
    over(lambda s: itertools.chain(s[:10], s[10:])), over(lambda s: itertools.chain.from_iterable([s[:5], s[5:]])),
    over(lambda s: itertools.islice(s, 100)), over(lambda s: itertools.compress(s, itertools.repeat(1))),
    over(lambda s: itertools.takewhile(lambda x: True, s)), over(lambda s: itertools.dropwhile(lambda x: False, s)),
    over(lambda s: itertools.filterfalse(lambda x: False, s)), over(lambda s: itertools.starmap(lambda *x: x, s)),
    pairs(lambda s: itertools.permutations(s[:4]), lambda s: itertools.permutations(s[:4])),
    pairs(lambda s: itertools.combinations(s[:7], 3), lambda s: itertools.combinations(s[:7], 3)),
    pairs(lambda s: itertools.product(s[:5], s[5:9]), lambda s: itertools.product(s[:5], s[5:9])),
    pairs(lambda s: itertools.combinations_with_replacement(s[:5], 2), lambda s: itertools.combinations_with_replacement(s[:5], 2)))

counter = itertools.count()
counted = []


@allow(RuntimeError, saying=MUTATED)
def itertools_once(random):
    for _ in range(20):
        single.take()
    mine = [next(counter) for _ in range(20)]
    assert mine == sorted(set(mine))
    counted.extend(mine)
    if len(counted) > 2000:
        taken = counted.copy()
        assert len(set(taken)) == len(taken)
        counted.clear()


class Iterators:
    cycle = itertools.cycle([Token(i) for i in range(5)])
    groups = itertools.groupby([])
    tee = itertools.tee([])[0]
    others = []


@allow(RuntimeError, saying=("re-entered", "re-enter the tee", "already executing") + MUTATED)
def itertools_shared(random):
    if random(15) == 0:
        tokens = [Token(i) for i in range(50)]
        Iterators.groups = itertools.groupby(tokens, lambda token: token.number // 7)
        Iterators.tee = itertools.tee(iter(tokens))[0]
        Iterators.cycle = itertools.cycle(tokens)
        Iterators.others = [itertools.accumulate(range(100)), itertools.zip_longest(range(9), range(5)), itertools.pairwise(range(50)),
                            itertools.batched(range(100), 3), itertools.repeat(1, 100), zip(range(30), range(30)), enumerate(range(30)),
                            map(lambda a, b: (a, b), range(30), range(30))]
    for _ in range(10):
        next(Iterators.cycle).verify()
        other = itertools.tee(Iterators.tee)[1]
        for token in (next(Iterators.tee, None), next(other, None), next(Iterators.tee.__copy__(), None)):
            if token is not None:
                token.verify()
        group = next(Iterators.groups, None)
        if group is not None:
            assert type(group[0]) is int
            for token in group[1]:
                token.verify()
        for iterator in list(Iterators.others):
            item = next(iterator, None)
            assert item is None or type(item) is int or all(n is None or type(n) is int for n in item), item


# ---- re, struct, json

PATTERN = re.compile(r"(\w+)@(\w+)\.(com|org)")
TEXT = "me@here.com, you@there.org and all@home.com " * 3
RECORD = struct.Struct("<iqd4s")


class Scanners:
    finder = PATTERN.finditer(TEXT)
    scanner = PATTERN.scanner(TEXT)
    match = PATTERN.search(TEXT)


@allow(ValueError, saying=("already executing",))
def patterns(random):
    if random(10) == 0:
        Scanners.finder = PATTERN.finditer(TEXT)
        Scanners.scanner = PATTERN.scanner(TEXT)
        Scanners.match = list(PATTERN.finditer(TEXT))[random(9)]
    for _ in range(5):
        for match in (next(Scanners.finder, None), Scanners.scanner.search(), Scanners.match):
            if match is not None:
                who, where, top = match.groups()
                assert who in ("me", "you", "all") and where in ("here", "there", "home") and top in ("com", "org")
                assert TEXT[match.start():match.end()] == match[0] == f"{who}@{where}.{top}"
                match.regs, match.lastindex, match.expand(r"\1")
    assert PATTERN.sub(lambda m: m[1], TEXT).count("you") == 3
    assert re.compile(f"a{random(600)}").pattern[0] == "a"
    assert PATTERN.split("a@b.com")[1] == "a"


@allow()
def records(random):
    n = random(1000)
    packed = RECORD.pack(n, -n, n / 2, b"abcd")
    assert RECORD.unpack(packed) == (n, -n, n / 2, b"abcd")
    assert struct.unpack(f"<{n % 9 + 1}b", bytes(n % 9 + 1)) == (0,) * (n % 9 + 1)
    for number, *_ in RECORD.iter_unpack(packed * 2):
        assert number == n
    assert json.loads(json.dumps({"a": [n, None, "ä"]})) == {"a": [n, None, "ä"]}


# ---- shared state of natives

generator = random_module.Random(1)
digest = hashlib.sha256()
heap = []
ordered = []
simple_queue = queue.SimpleQueue()
full_queue = queue.Queue(10)


@allow(IndexError, queue.Empty, queue.Full)
def natives(random):
    for _ in range(10):
        assert 0 <= generator.random() < 1
        assert 0 <= generator.getrandbits(70) < 2**70
        assert generator.choice("abc") in "abc"
        digest.update(b"x" * random(100))
        assert len(digest.hexdigest()) == 64
        digest.copy().digest()
        simple_queue.put(Token(1))
        simple_queue.get_nowait().verify()
        full_queue.put(Token(2), timeout=0.001)
        full_queue.get_nowait().verify()
    if random(20) == 0:
        generator.seed(random(100))
        generator.setstate(generator.getstate())


@allow(IndexError, RuntimeError, saying=MUTATED + ("out of range",))
def sorted_lists(random):
    for _ in range(10):
        heapq.heappush(heap, random(100))
        assert 0 <= heapq.heappop(heap) < 100
        heapq.heapify(heap)
        bisect.insort(ordered, random(100))
        assert 0 <= bisect.bisect(ordered, 50) <= 1000
    heapq.heappushpop(heap, 5), heapq.nlargest(3, heap), heapq.merge(ordered, heap)
    if len(ordered) > 200:
        ordered.clear()


# ---- strings and ints that all threads see

class Texts:
    text = "start"
    number = 2**200


@allow()
def strings(random):
    if random(5) == 0:
        Texts.text = "".join(["text ", "äöü" * random(3), "日本" * random(2), str(random(1000))])
        Texts.number = 3 ** random(300) + 2**100
    text = Texts.text
    assert hash(text) == hash(text[:]) == hash("".join(list(text)))
    assert text.encode().decode() == text == sys.intern(str(text.encode(), "utf-8"))
    assert text.upper().casefold() == text.casefold() and {text: 1}[text[:1] + text[1:]] == 1
    assert f"{text!r:>60}".strip() == repr(text)
    assert text in collections.Counter([text]) and getattr(Texts, "text") is not None
    number = Texts.number
    assert int(str(number)) == number and number * number // number == number and hash(number) == hash(number + 0)
    assert int.from_bytes(number.to_bytes(80, "big"), "big") == number and (number << 70) >> 70 == number
    text += "!"
    assert text[-1] == "!"


SECTIONS = [string_io, bytes_io, buffered_files, caches, partials, itertools_once, itertools_shared, patterns, records, natives,
            sorted_lists, strings]
