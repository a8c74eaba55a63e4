"""OrderedDict: the order and what changes it, subclasses, iterators that notice changes, and what it costs to use both ends."""
import copy
import pickle
import weakref
from collections import OrderedDict
from collections.abc import ItemsView, KeysView, ValuesView


def raises(kind, text, function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except kind as error:
        assert type(error) is kind and str(error) == text, repr(error)
    else:
        raise AssertionError(f"{kind.__name__} not raised")


def check(d, pairs):
    """That d holds these pairs, seen in every way."""
    keys, values = [k for k, v in pairs], [v for k, v in pairs]
    assert list(d) == list(d.keys()) == keys and list(d.values()) == values and list(d.items()) == pairs
    assert list(reversed(d)) == list(reversed(d.keys())) == keys[::-1]
    assert list(reversed(d.values())) == values[::-1] and list(reversed(d.items())) == pairs[::-1]
    assert len(d) == len(d.keys()) == len(d.values()) == len(pairs)
    assert dict(d) == dict(pairs) and list(dict(d).items()) == list({**d}.items()) == pairs
    assert d == OrderedDict(pairs) == d.copy() and not d != d.copy()
    for key, value in pairs:
        assert d[key] == value and key in d


# ---- against a list, at random

class Collides:
    """A key with few hashes, which only its __eq__ tells apart."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return type(other) is Collides and self.n == other.n


def at_random(make_key, seed):
    def random(n):
        nonlocal seed
        seed = (seed * 1103515245 + 12345) % 2**31
        return (seed >> 8) % n
    d, model = OrderedDict(), []
    for step in range(3000):
        n = random(12 if step % 1000 < 500 else 50)
        key = make_key(n)
        at = next((i for i, pair in enumerate(model) if pair[0] == key), None)
        choice = random(10)
        if choice < 3:
            d[key] = step
            if at is None:
                model.append((key, step))
            else:
                model[at] = key, step
        elif choice < 5:
            last = bool(random(2))
            if at is None:
                try:
                    d.move_to_end(key, last)
                except KeyError:
                    pass
                else:
                    raise AssertionError
            else:
                d.move_to_end(key, last=last)
                model.insert(len(model) if last else 0, model.pop(at))
        elif choice == 5 and at is not None:
            del d[key]
            del model[at]
        elif choice == 6 and at is not None:
            assert d.pop(key) == model.pop(at)[1]
        elif choice == 7 and model:
            assert d.popitem(False) == model.pop(0)
        elif choice == 8 and model:
            assert d.popitem() == model.pop()
        elif choice == 9:
            assert d.setdefault(key, -1) == (-1 if at is None else model[at][1])
            if at is None:
                model.append((key, -1))
        if random(300) == 0:
            d.clear()
            model.clear()
        if step % 7 == 0:
            check(d, model)


for seed in range(4):
    at_random(int, seed)
    at_random(str, seed)
    at_random(lambda n: (n, str(n)), seed)
    at_random(Collides, seed)


# ---- arguments and messages

raises(TypeError, "expected at most 1 argument, got 2", OrderedDict, 1, 2)
raises(TypeError, "update() takes at most 1 positional argument (2 given)", OrderedDict().update, 1, 2)
raises(TypeError, "'int' object is not iterable", OrderedDict, 3)
raises(ValueError, "need more than 1 value to unpack", OrderedDict, [(1,)])
raises(ValueError, "need more than 0 values to unpack", OrderedDict, [()])
raises(ValueError, "too many values to unpack (expected 2)", OrderedDict, ["abc"])
raises(KeyError, "'dictionary is empty'", OrderedDict().popitem)
raises(KeyError, "'dictionary is empty'", OrderedDict().popitem, False)
raises(KeyError, "[]", OrderedDict().move_to_end, [])
raises(KeyError, "'b'", OrderedDict(a=1).move_to_end, "b")
raises(TypeError, "unhashable type: 'list'", OrderedDict(a=1).move_to_end, [])
raises(TypeError, "unhashable type: 'list'", OrderedDict().pop, [])
raises(KeyError, "1", OrderedDict().pop, 1)
assert OrderedDict().pop(key=1, default=2) == OrderedDict().setdefault(key=1, default=2) == 2
assert list(OrderedDict(self=1, other=2)) == ["self", "other"]
assert list(OrderedDict.fromkeys(iterable="ab", value=3).items()) == [("a", 3), ("b", 3)]
d = OrderedDict([("a", 1), ("b", 2), ("c", 3)], b=4, d=5)
check(d, [("a", 1), ("b", 4), ("c", 3), ("d", 5)])


class HasItems:
    def items(self):
        return iter([(1, 2), [3, 4]])


assert OrderedDict(HasItems()) == OrderedDict({1: 2, 3: 4})

# ---- equality, operators, text

assert OrderedDict(a=1, b=2) != OrderedDict(b=2, a=1) and not OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1)
assert OrderedDict(a=1, b=2) == {"b": 2, "a": 1} and {"b": 2, "a": 1} == OrderedDict(a=1, b=2)
assert OrderedDict().__eq__(3) is NotImplemented and OrderedDict().__lt__(OrderedDict()) is NotImplemented
left, right = OrderedDict(a=1, b=2), {"c": 3, "a": 4}
for result, pairs in ((left | right, [("a", 4), ("b", 2), ("c", 3)]), (right | left, [("c", 3), ("a", 1), ("b", 2)])):
    assert type(result) is OrderedDict and list(result.items()) == pairs
assert left.__or__([("q", 1)]) is NotImplemented
same = left
same |= [("q", 1)]
assert same is left and list(left) == ["a", "b", "q"]
assert repr(OrderedDict()) == "OrderedDict()" and repr(OrderedDict(a=1)) == "OrderedDict({'a': 1})"
d = OrderedDict()
d[1], d[2] = d, [d]
assert repr(d) == "OrderedDict({1: ..., 2: [...]})"
assert repr(OrderedDict(a=1).items()) == "odict_items([('a', 1)])" and repr(OrderedDict(a=1).keys()) == "odict_keys(['a'])"
assert isinstance(d.keys(), KeysView) and isinstance(d.items(), ItemsView) and isinstance(d.values(), ValuesView)
assert OrderedDict(a=1).keys() & {"a", "b"} == {"a"} and ("a", 1) in OrderedDict(a=1).items()

# ---- iterators

ways = iter, reversed, lambda d: iter(d.values()), lambda d: reversed(d.items())
CHANGES = (
    lambda d: d.__setitem__("z", 1), lambda d: d.__delitem__("c"), lambda d: d.clear(), lambda d: d.move_to_end("b"),
    lambda d: d.move_to_end("b", last=False), lambda d: d.popitem(), lambda d: d.popitem(False), lambda d: d.update(z=1),
    lambda d: (d.pop("d"), d.__setitem__("d", 4)), lambda d: d.setdefault("z"),
    lambda d: (d.move_to_end("b"), d.move_to_end("d")), lambda d: (d.clear(), d.update(a=1, b=2, c=3, d=4)),
)
NO_CHANGES = (
    lambda d: d.__setitem__("a", 9), lambda d: d.move_to_end("d"), lambda d: d.move_to_end("a", False), lambda d: d.pop("z", 1),
    lambda d: d.update(a=1), lambda d: d.setdefault("a"), lambda d: d.copy(),
)
for way in ways:
    for change in CHANGES:
        d = OrderedDict(a=1, b=2, c=3, d=4)
        it = way(d)
        next(it)
        change(d)
        raises(RuntimeError, "OrderedDict mutated during iteration", next, it)
        raises(StopIteration, "", next, it)
    for change in NO_CHANGES:
        d = OrderedDict(a=1, b=2, c=3, d=4)
        it = way(d)
        next(it)
        change(d)
        assert len(list(it)) == 3
    d = OrderedDict(a=1)
    it = way(d)
    next(it)
    d["b"] = 2
    raises(StopIteration, "", next, it)
it = iter(OrderedDict(a=1, b=2).items())
next(it)
assert list(pickle.loads(pickle.dumps(it))) == list(copy.copy(it)) == list(it) == [("b", 2)]

# ---- subclasses: which of the overridden methods are called

log = []


class Logging(OrderedDict):
    def __getitem__(self, key):
        log.append(("get", key))
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        log.append(("set", key))
        super().__setitem__(key, value)

    def __delitem__(self, key):
        log.append(("del", key))
        super().__delitem__(key)

    def __contains__(self, key):
        log.append(("in", key))
        return super().__contains__(key)

    def __missing__(self, key):
        log.append(("missing", key))
        return "M"


def logged(function, *arguments):
    log.clear()
    function(*arguments)
    return log[:]


d = Logging(a=1, b=2)
assert logged(Logging, {"x": 1}) == [("set", "x")]
assert logged(d.update, {"a": 3}) == [("set", "a")] and logged(d.__ior__, [("b", 3)]) == [("set", "b")]
assert logged(d.copy) == [("get", "a"), ("set", "a"), ("get", "b"), ("set", "b")] and type(d.copy()) is Logging
assert logged(d.setdefault, "a") == [("in", "a"), ("get", "a")] and logged(d.setdefault, "c", 1) == [("in", "c"), ("set", "c")]
assert logged(d.pop, "c") == [] and logged(d.pop, "nope", 1) == [] and logged(d.popitem) == [] and logged(d.popitem, False) == []
raises(KeyError, "'nope'", d.pop, "nope")
d["k"] = 1
assert logged(repr, d) == logged(dict, d) == logged(OrderedDict, d) == [("get", "k")]
assert logged(d.__eq__, OrderedDict(k=1)) == [] and logged(list, reversed(d)) == [] and logged(list, d.values()) == []
assert d["nope"] == "M" and d.get("nope") is None
assert logged(Logging.fromkeys, "ab") == [("set", "a"), ("set", "b")]

# ---- attributes, references, copies

d = OrderedDict(a=1, b=2)
assert d.__reduce__()[:4] == (OrderedDict, (), None, None) and list(d.__reduce__()[4]) == [("a", 1), ("b", 2)]
d.x = [1]
assert d.__dict__ == {"x": [1]} and d.__reduce__()[2] == {"x": [1]} and d.copy().__dict__ == {}
assert copy.copy(d).x is d.x and copy.deepcopy(d).x == [1] and pickle.loads(pickle.dumps(d)).x == [1]
assert list(pickle.loads(pickle.dumps(d)).items()) == [("a", 1), ("b", 2)]
assert weakref.ref(d)() is d and str(OrderedDict[int, str]) == "collections.OrderedDict[int, str]"
match d:
    case OrderedDict(same):
        assert same is d
match d:
    case {"a": 1, **rest}:
        assert rest == {"b": 2}

# ---- both ends are cheap: a walk over what has been taken out, in each of these steps, would take many seconds

N = 30_000
queue = OrderedDict.fromkeys(range(N))
for n in range(2 * N):
    assert queue.popitem(last=False)[0] == n
    queue[n + N] = None
for n in range(N):
    first = next(iter(queue))
    del queue[first]
    queue[first] = None
for n in range(2 * N):
    queue.move_to_end(next(iter(queue)))
for n in range(2 * N):
    queue.move_to_end(next(reversed(queue)), last=False)
for n in range(N):
    queue.move_to_end(2 * N + n, last=n % 2 == 0)
assert len(queue) == N
for n in range(2 * N, 3 * N - 1):
    del queue[n]
    assert next(iter(queue)) is not None and next(reversed(queue)) is not None
assert list(queue) == [3 * N - 1]
