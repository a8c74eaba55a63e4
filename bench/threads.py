"""Does what threads share keep them from running in parallel? Many small kernels, each on one thread and on two at once.

usage: threads.py [--rounds N] [KERNEL...]     (run by the interpreter that is to be measured)

Each thread works on data of its own; code, classes, modules, constants and the containers of this file are shared, and only read.
Prints nanoseconds an iteration on one thread, and how many times as much two threads do in the same time: 2 is all that two cores
can give, 1 what a GIL gives, less that the threads hinder each other.
"""
import argparse
import collections
import dataclasses
import enum
import functools
import itertools
import json
import math
import operator
import re
import threading
import time

KERNELS = {}


def kernel(body):
    """Registers body(n), which does something n times, under its name."""
    KERNELS[body.__name__] = body
    return body


def each(name, setup, statement):
    """A kernel from text: `statement` n times in a loop, `i` counting, after `setup`."""
    text = f"def {name}(n):\n {setup or 'pass'}\n for i in range(n):\n  {statement}\n"
    exec(compile(text, f"<{name}>", "exec"), globals())
    kernel(globals()[name])


class Point:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __add__(self, other):
        return Point(self.a + other.a, self.b)

    def __eq__(self, other):
        return self.a == other.a

    def __hash__(self):
        return hash(self.a)

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return i

    def __iter__(self):
        return iter((1, 2))

    def __contains__(self, x):
        return True

    def __call__(self, x):
        return x

    def __enter__(self):
        return self

    def __exit__(self, *about):
        return False

    @property
    def first(self):
        return self.a

    @staticmethod
    def static(x):
        return x

    @classmethod
    def made_by(cls, x):
        return x

    def method(self, x):
        return x


class Child(Point):
    def __init__(self, a, b):
        super().__init__(a, b)

    def method(self, x):
        return super().method(x)


class Dynamic:
    def __getattr__(self, name):
        return 1


@dataclasses.dataclass
class Data:
    a: int
    b: int


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


def decorate(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)
    return wrapper


def plain():
    pass


def with_keywords(a, b=2, *, c=3):
    return a


@decorate
def decorated(x):
    return x


@functools.lru_cache
def cached(x):
    return x


Pair = collections.namedtuple("Pair", "a b")
partial = functools.partial(with_keywords, 1)
pattern = re.compile(r"(\w+) (\w+)")
LIST, TABLE, TUPLE, TEXT, SET = [1, 2, 3], {"a": 1, "b": 2}, (1, 2, 3), "some text here", frozenset("abc")
OBJECTS = [object() for _ in range(1000)]
TEXTS = [str(i) + "x" for i in range(1000)]
BY_NUMBER = {i: str(i) for i in range(1000)}
POINT = Point(1, 2)

each("call", "", "plain()")
each("call_keywords", "", "with_keywords(1, c=2)")
each("call_decorated", "", "decorated(i)")
each("call_partial", "", "partial()")
each("instances", "", "Point(1, 2)")
each("instances_super", "", "Child(1, 2)")
each("super_method", "p = Child(1, 2)", "p.method(i)")
each("operator_add", "p = Point(1, 2)", "p + p")
each("operator_eq", "p = Point(1, 2)", "p == p")
each("hashing", "p = Point(1, 2)", "hash(p)")
each("length", "p = Point(1, 2)", "len(p)")
each("items", "p = Point(1, 2)", "p[1]")
each("iterating", "p = Point(1, 2)", "for x in p: pass")
each("containing", "p = Point(1, 2)", "1 in p")
each("calling_object", "p = Point(1, 2)", "p(1)")
each("with_statement", "p = Point(1, 2)", "with p: pass")
each("property_", "p = Point(1, 2)", "p.first")
each("static_method", "", "Point.static(1)")
each("class_method", "", "Point.made_by(1)")
each("bound_method", "m = Point(1, 2).method", "m(i)")
each("getattr_hook", "d = Dynamic()", "d.anything")
each("setattr_", "p = Point(1, 2)", "setattr(p, 'a', i); getattr(p, 'a'); hasattr(p, 'none')")
each("dataclass_eq", "", "Data(1, 2) == Data(1, 2)")
each("enum_", "", "Colour.RED; Colour(1)")
each("namedtuple_", "", "Pair(1, 2).a")
each("module_attributes", "", "math.sqrt(i); math.pi")
each("builtins_", "", "len(TEXT); isinstance(i, int); abs(i); min(i, 3)")
each("text_methods", "", "TEXT.upper(); TEXT.split(); TEXT.find('t'); TEXT.replace('s', 't')")
each("formatting", "", "f'{i:>5} {TEXT}'; '%s-%d' % (TEXT, i)")
each("shared_list", "", "LIST[1]; len(LIST)")
each("shared_list_loop", "", "for x in LIST: pass")
each("shared_dict", "", "TABLE['a']; 'b' in TABLE; TABLE.get('c')")
each("shared_dict_texts", "", "BY_NUMBER[i % 1000]")
each("shared_objects", "", "OBJECTS[i % 1000]")
each("shared_texts", "", "TEXTS[i % 1000]")
each("shared_tuple", "", "a, b, c = TUPLE")
each("shared_set", "", "'a' in SET")
each("shared_instance", "", "POINT.a; POINT.method(i); POINT == POINT")
each("exceptions", "", "try: raise ValueError(i)\n  except ValueError: pass")
each("comprehension", "", "[x for x in range(10)]")
each("own_dict", "d = {}", "d[i & 255] = i; d.get(i & 255)")
each("own_list", "l = []", "l.append(i); l.pop()")
each("own_counter", "c = collections.Counter()", "c[i & 7] += 1")
each("own_deque", "d = collections.deque()", "d.append(i); d.popleft()")
each("closures", "def make(x): return lambda: x", "make(i)()")
each("sort_key", "", "sorted(LIST, key=lambda x: -x)")
each("regex", "", "pattern.match('hello world').group(1)")
each("json_", "", "json.loads('{\"a\": [1, 2, 3]}'); json.dumps({'a': [1, 2, 3]})")
each("big_ints", "x = 1 << 200", "x * 3 + i")
each("floats", "x = 0.5", "x = x * 1.0000001 + 1e-300")
each("octets", "b = b'hello world'", "b[3]; b[1:4]; b.hex()")
each("matching", "", "match (i & 1, 2):\n   case (0, x): pass\n   case (1, x): pass")
each("unpacking", "", "a, *b = TUPLE; [*b, 4]; {**TABLE}")
each("slices", "l = list(range(20))", "l[2:5]")
each("lru_cache_", "", "cached(i & 15)")


@kernel
def generator(n):
    def numbers():
        for i in range(n):
            yield i
    for _ in numbers():
        pass


@kernel
def generator_expression(n):
    sum(x for x in range(n))


@kernel
def map_and_filter(n):
    for _ in map(operator.neg, filter(None, range(n))):
        pass


@kernel
def itertools_(n):
    for _ in zip(itertools.count(), itertools.islice(range(n), n)):
        pass


@kernel
def reduce_(n):
    functools.reduce(operator.add, range(n))


def seconds(body, n, count):
    threads = [threading.Thread(target=body, args=(n,)) for _ in range(count)]
    begin = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("names", nargs="*", metavar="KERNEL")
    options = parser.parse_args()
    product, count = 1.0, 0
    for name in options.names or KERNELS:
        body, n = KERNELS[name], 2000
        while (once := seconds(body, n, 1)) < 0.04:
            n = int(n * max(1.5, min(10, 0.05 / max(once, 1e-6))))
        best = [min(times) for times in zip(*((seconds(body, n, 1), seconds(body, n, 2)) for _ in range(options.rounds)))]
        ratio = 2 * best[0] / best[1]
        product, count = product * ratio, count + 1
        print(f"{name:22}{best[0] / n * 1e9:9.1f} ns   two threads: {ratio:.2f}", flush=True)
    if count:
        print(f"{'geometric mean':22}{'':12}   two threads: {product ** (1 / count):.2f}")


main()
