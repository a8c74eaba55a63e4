# Keywords for classes whose constructors take none: refused, unless a subclass has an __init__ of its own for them.
import array
import functools
import itertools
import operator
import queue

CLASSES = {
    reversed: ("ab",), filter: (None, [1]), itertools.chain: ([1],), itertools.cycle: ([1],), itertools.islice: ([1], 1),
    itertools.starmap: (pow, []), itertools.takewhile: (bool, []), itertools.dropwhile: (bool, []),
    itertools.filterfalse: (None, []), itertools.pairwise: ([1],), array.array: ("i", [1]), float: (1.0,), tuple: ((1,),),
    frozenset: ((1,),)}


def message(make):
    try:
        make()
    except TypeError as e:
        return str(e)
    return None


for base, args in CLASSES.items():
    class Plain(base):
        pass

    class WithInit(base):
        def __init__(self, *args, extra=None):
            self.extra = extra

    class WithNew(base):
        def __new__(cls, *args, extra=None):
            self = super().__new__(cls, *args)
            self.extra = extra
            return self

    for refusing in base, Plain:
        assert "takes no keyword arguments" in message(lambda: refusing(*args, extra=1)), refusing
    if base not in (float, tuple, frozenset):
        assert WithInit(*args, extra=2).extra == 2
    assert WithNew(*args, extra=3).extra == 3


class Queue(queue.SimpleQueue):
    def __init__(self, *, extra):
        self.extra = extra


assert Queue(extra=4).extra == 4

# Too many arguments: "at most", also where none may be missing.
assert message(lambda: itertools.compress("ab", [1], 2)) == "compress() takes at most 2 arguments (3 given)"
assert message(lambda: functools.cmp_to_key(1, 2)) == "cmp_to_key() takes at most 1 argument (2 given)"
assert message(lambda: type("X", (operator.itemgetter,), {})) == "type 'operator.itemgetter' is not an acceptable base type"

# Keywords that are no strings are the call's affair, two of the same the merging's.
def f(**keywords):
    pass


assert message(lambda: f(**{1: 2})) == "keywords must be strings"
assert message(lambda: f(**{1: 2}, **{3: 4})) == "keywords must be strings"
assert message(lambda: f(**{1: 2}, **{1: 4})).endswith("f() got multiple values for keyword argument '1'")
