"""Small races known from the history of free-threaded Pythons: each runs in eight threads at once for a moment."""

import gc
import io
import json
import re
import struct
import sys
import weakref

from racing import Token, allow, in_threads, make_random

RACES = []


def race(*exceptions, rounds=300, saying=None):
    def decorate(function):
        section = allow(*exceptions, saying=saying)(function)

        def run(index):
            random = make_random(index + 1)
            for _ in range(rounds):
                section(random)
        RACES.append((function.__name__, run))
        return function
    return decorate


unsorted = [5, 3, 8, 1] * 20


@race(ValueError, IndexError, saying=("list modified during sort", "pop from empty list"))
def sort_one_list(random):
    unsorted.sort()
    unsorted.append(random(100))
    unsorted.pop(0) if len(unsorted) > 50 else None
    assert all(type(n) is int for n in unsorted)


growing = [1, 2, 3]


@race(rounds=100)
def extend_from_itself(random):
    growing.extend(growing)
    growing.extend(iter(growing[:10]))
    growing[:] = growing[:20]
    assert set(growing) <= {1, 2, 3}


parts = [b"ab", b"cd"] * 10
words = ["ab", "cd"] * 10


@race(rounds=500)
def join_of_a_changing_list(random):
    assert set(b"".join(parts)) <= set(b"abcd")
    assert set(" ".join(words)) <= set("abcd ")
    parts.append(bytes(b"abcd"[:random(4)]))
    words.append("abcd"[:random(4)])
    if len(parts) > 40:
        del parts[10:], words[10:]


keyed = [3, 1, 2] * 10


@race(rounds=200)
def sorted_with_a_key_that_changes_the_list(random):
    def key(n):
        if random(10) == 0:
            keyed.append(n)
        if len(keyed) > 60:
            del keyed[5:]
        return -n
    assert set(sorted(keyed, key=key)) <= {1, 2, 3}


class Changing:
    def __eq__(self, other):
        changing.clear()
        return False

    def __hash__(self):
        return 1


changing = {}


@race(RuntimeError, KeyError)
def dict_that_its_keys_change(random):
    changing[Changing()] = Token(1)
    changing.get(Changing())
    Changing() in changing
    changing.update({Changing(): 1})
    list(changing)


class Suicidal(list):
    def __eq__(self, other):
        compared.clear()
        return False


compared = []


@race()
def list_that_its_items_clear(random):
    compared.extend([Suicidal(), 1, Suicidal()])
    compared == [Suicidal(), 2, Suicidal()]
    3 in compared
    compared.count(3)
    compared < [Suicidal(), 2]


buffer = bytearray(b"abc" * 100)


@race(BufferError, ValueError, rounds=500)
def resize_under_views(random):
    view = memoryview(buffer)
    inner = view[1:5]
    view.release()
    try:
        buffer.append(97)
    except BufferError:
        pass
    assert bytes(inner) == bytes(inner)
    inner.release()
    del buffer[random(50) + 250:]
    buffer.extend(b"abc" * 20)
    io.BytesIO(buffer).readinto(bytearray(10))


views = [memoryview(b"abc")]


@race(ValueError, BufferError, saying=("released", "exported buffer"), rounds=1000)
def release_one_view(random):
    view = views[0]
    if random(3) == 0:
        views[0] = memoryview(b"abc")
        view.release()
    assert view.tobytes() == b"abc" and view[0] == 97


class A:
    pass


class B:
    pass


class C(A):
    pass


@race()
def bases_and_instances(random):
    C.__bases__ = (B,) if random(2) else (A,)
    c = C()
    assert isinstance(c, (A, B)) and C.__mro__[0] is C and len(C.__mro__) == 3
    A.__subclasses__(), B.__subclasses__()
    c.attribute = 1
    c.attribute


class Meta(type):
    pass


@race(rounds=150)
def classes_made_and_dropped(random):
    class Local(A, metaclass=Meta):
        def __init_subclass__(cls):
            cls.ready = True

    class Sub(Local):
        __slots__ = ("x",)
    assert Sub.ready and Sub().__class__ is Sub
    Sub.__name__ = f"Name{random(9)}"
    A.shared = random(9)
    Sub.shared


scanner = struct.Struct("<hi")
pattern = re.compile("(a+)(b*)")
document = json.dumps({"k": [1, 2, {"x": None}]})


@race()
def shared_parsers(random):
    assert scanner.unpack(scanner.pack(1, 2)) == (1, 2)
    assert pattern.match("aab").groups() == ("aa", "b")
    assert json.loads(document)["k"][1] == 2
    re.purge() if random(100) == 0 else None
    assert re.match(f"x{random(50)}", "y") is None


problem = ValueError("shared")


@race(ValueError)
def one_exception_raised_everywhere(random):
    try:
        raise problem
    except ValueError as error:
        error.__traceback__
        error.__cause__ = KeyError(1)
        error.__context__
        error.__notes__ = ["a"]
    problem.__traceback__ = None
    raise problem.with_traceback(None)


def recurse(n):
    return 0 if n == 0 else 1 + recurse(n - 1)


@race(rounds=20)
def deep_recursion(random):
    assert recurse(300) == 300
    try:
        recurse(10**6)
    except RecursionError:
        pass
    nested = []
    for _ in range(3000):
        nested = [nested]
    try:
        repr(nested)
    except RecursionError:
        pass
    shared_nest[0] = nested


shared_nest = [None]

tuples = [((1, 2), "x")]


@race(rounds=1000)
def one_place(random):
    old = tuples[0]
    tuples[0] = ((random(9), 2), f"x{random(9)}")
    assert old[0][1] == 2 and old[1][0] == "x"


namespace = {}


@race(rounds=60)
def compile_and_run(random):
    name = f"f{random(8)}"
    exec(f"def {name}(a, *b, c=1): return (a, b, c)", namespace)
    assert namespace[name](1, 2) == (1, (2,), 1)
    assert eval("sum(x for x in range(10))", namespace) == 45


@race(rounds=30)
def import_at_once(random):
    for name in ("colorsys", "sched", "bisect", "quopri", "this_is_not_there"):
        if random(4) == 0:
            sys.modules.pop(name, None)
        try:
            module = __import__(name)
            assert module.__name__ == name
        except ModuleNotFoundError:
            assert name == "this_is_not_there"
        except KeyError as error:       # taken out of sys.modules while it was being loaded
            assert error.args[0] == name


class Dying:
    def __init__(self):
        self.token = Token(1)
        self.me = [self.token]

    def __del__(self):
        for _ in range(3):
            [self.token.verify()]


@race(rounds=20)
def objects_listed_while_they_die(random):
    if random(4) == 0:
        for o in gc.get_objects()[-3000:]:
            type(o)
    for _ in range(30):
        Dying()
    assert any(holder == [1] for holder in [[1]])


class Revivable(Dying):
    def __del__(self):
        for _ in range(5):
            references[0]()
        self.token.verify()


references = [lambda: None]


@race(rounds=300)
def referents_revived_in_their_finalizer(random):
    o = Revivable()
    references[0] = weakref.ref(o)
    del o
    o = references[0]()
    if o is not None:
        o.token.verify()


@race(rounds=200)
def sections_on_two_lists(random):
    a, b = pair if random(2) else pair[::-1]
    a.extend(b)
    a[:] = b[:5]
    b += a
    a == b
    del b[5:]
    assert set(a) <= {1, 2}


pair = [[1, 1], [2, 2]]


cleared = [1, 2]


@race(ValueError, rounds=2000, saying=("attempt to assign sequence of size",))
def slices_of_a_cleared_list(random):
    assert set(cleared[::2]) <= {1, 2}
    cleared.clear()
    assert set(cleared[::-1]) <= {1, 2}
    cleared.extend((1, 2, 1, 2))
    cleared[::-1] = (2, 1, 2, 1)
    del cleared[::2]


only = sys.argv[1:]
interval = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
for name, run in RACES:
    if not only or name in only:
        try:
            in_threads(8, run)
        except BaseException as error:
            error.add_note(f"in {name}")
            raise
sys.setswitchinterval(interval)
print("ok")
