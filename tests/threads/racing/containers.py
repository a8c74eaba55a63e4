"""Sections on builtin containers and their iterators."""

from collections import ChainMap, Counter, OrderedDict, defaultdict, deque

from . import MUTATED, Counted, Token, allow


# ---- lists

class Numbers:
    values = list(range(40))
    tokens = [Token(i) for i in range(40)]


def check_numbers(values):
    for n in values:
        assert type(n) is int and 0 <= n < 1000, n


@allow(IndexError, ValueError, saying=("out of range", "pop from empty list", "pop index", "attempt to assign sequence of size"))
def list_changes(random):
    values = Numbers.values
    for _ in range(20):
        choice = random(16)
        if choice == 0 and len(values) < 200:
            values.extend(values)
        elif choice == 1 and len(values) < 200:
            values += values[:10]
        elif choice == 2 and len(values) < 100:
            values *= 2
        elif choice == 3:
            values[random(30):random(60)] = range(random(8))
        elif choice == 4:
            values[::2] = values[::2]
        elif choice == 5:
            del values[random(40):random(80)]
        elif choice == 6:
            values.insert(random(100), random(1000))
        elif choice == 7:
            check_numbers([values.pop(-random(4) - 1)])
        elif choice == 8:
            values.reverse()
        elif choice == 9:
            values.append(random(1000))
        elif choice == 10:
            values[random(40)] = random(1000)
        elif choice == 11:
            check_numbers(values.copy())
        elif choice == 12:
            check_numbers(reversed(values))
        elif choice == 13:
            check_numbers(values[random(20):random(60):random(3) + 1])
        elif choice == 14:
            check_numbers((*values, 1, *values))
        else:
            check_numbers([values[random(40)], values[-1]])
    if len(values) > 300:
        del values[50:]
    if len(values) < 20:
        values.extend(range(40))


@allow(ValueError, saying=("attempt to assign sequence of size", "not in list", "empty", "list modified during sort"))
def list_searches(random):
    values = Numbers.values
    n = random(1000)
    if n in values:
        values.remove(n)
    values.index(random(1000))
    assert 0 <= values.count(n) <= 5000
    check_numbers([max(values), min(values)])
    check_numbers(sorted(values, key=lambda n: -n))
    values == Numbers.values
    values < list(range(30))
    sum(values), any(values), all(values)


@allow(ValueError, saying=("list modified during sort",))
def list_sorting(random):
    values = Numbers.values
    if random(2):
        values.sort(reverse=bool(random(2)))
    else:
        values.sort(key=lambda n: n if random(30) else values.append(n) or n)


@allow(IndexError, ValueError, saying=("out of range", "pop from empty list", "values to unpack"))
def list_of_tokens(random):
    tokens = Numbers.tokens
    for _ in range(20):
        choice = random(6)
        if choice == 0:
            tokens[random(40)] = Token(random(1000))
        elif choice == 1:
            tokens.append(Token(1))
            tokens.pop(0).verify()
        elif choice == 2:
            for token in tokens:
                token.verify()
        elif choice == 3:
            first, *rest, last = tokens
            first.verify(), last.verify()
        elif choice == 4:
            tokens.clear()
            tokens.extend(Token(i) for i in range(40))
        else:
            tokens[random(40)].verify()


# ---- dicts: a value always tells its key

class Equal:
    """Keys that only __eq__ can tell apart; the hashes of many are the same."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 5

    def __eq__(self, other):
        return isinstance(other, Equal) and self.n == other.n


def make_key(n):
    kind = n % 4
    return n if kind == 0 else f"key {n}" if kind == 1 else (n, "x") if kind == 2 else Equal(n)


class Dicts:
    plain = {}
    ordered = OrderedDict()
    default = defaultdict(list)
    small = {}


def check_item(key, value):
    assert value[0] == key, (key, value)
    value[1].verify()


@allow(KeyError, RuntimeError)
def dict_changes(random):
    d = Dicts.plain
    for _ in range(20):
        key = make_key(random(60))
        choice = random(14)
        if choice < 3:
            d[key] = key, Token(1)
        elif choice < 5:
            check_item(key, d[key])
        elif choice == 5:
            value = d.get(key)
            if value is not None:
                check_item(key, value)
        elif choice == 6:
            check_item(key, d.setdefault(key, (key, Token(2))))
        elif choice == 7:
            check_item(key, d.pop(key))
        elif choice == 8:
            check_item(*d.popitem())
        elif choice == 9:
            del d[key]
        elif choice == 10:
            d.update({key: (key, Token(3)), 400: (400, Token(1))})
        elif choice == 11:
            d |= {key: (key, Token(4))}
        elif choice == 12:
            assert (key in d) in (True, False)
        elif random(8) == 0:
            d.clear()


@allow(RuntimeError, saying=MUTATED)
def dict_walks(random):
    d = Dicts.plain
    choice = random(9)
    if choice == 0:
        for key, value in d.items():
            check_item(key, value)
    elif choice == 1:
        for key, value in list(d.items()):
            check_item(key, value)
    elif choice == 2:
        for value in d.values():
            value[1].verify()
    elif choice == 3:
        for key, value in d.copy().items():
            check_item(key, value)
    elif choice == 4:
        for key, value in {**d, "a": ("a", Token(1))}.items():
            check_item(key, value)
    elif choice == 5:
        for key, value in reversed(dict(d).items()):
            check_item(key, value)
    elif choice == 6:
        d == Dicts.plain, d.keys() & {1, 2, 3}, d.items() >= set()
    elif choice == 7:
        assert 0 <= len(d) <= 61
    else:
        repr(list(d.keys())[:2])


@allow(RuntimeError, saying=MUTATED)
def dict_growth(random):
    d = Dicts.small
    start = random(1000)
    for i in range(start, start + 200):
        d[i] = i
    for i in range(start, start + 200):
        assert d.pop(i, i) == i
    for key, value in d.items():
        assert key == value


@allow(KeyError, RuntimeError)
def ordered_dicts(random):
    d = Dicts.ordered
    for _ in range(10):
        key = random(30)
        choice = random(8)
        if choice == 0:
            d[key] = key, Token(key)
        elif choice == 1:
            d.move_to_end(key, last=bool(random(2)))
        elif choice == 2:
            check_item(*d.popitem(last=bool(random(2))))
        elif choice == 3:
            del d[key]
        elif choice == 4:
            for key, value in list(d.items()):
                check_item(key, value)
        elif choice == 5:
            for key, value in d.copy().items():
                check_item(key, value)
        elif choice == 6:
            for key in reversed(d):
                check_item(key, d[key])
        else:
            check_item(key, d[key])


@allow(KeyError, RuntimeError)
def other_mappings(random):
    d = Dicts.default
    for _ in range(10):
        d[random(20)].append(random(10))
        check_numbers(d[random(20)])
        if random(10) == 0:
            d.pop(random(20), None)
    counter = Counter("abracadabra")
    counter.update(str(random(1000)))
    assert counter["a"] == 5
    assert ChainMap({}, Dicts.plain, {"zz": 1})["zz"] == 1


# ---- sets

class Sets:
    numbers = set(range(50))
    equals = set()


@allow(KeyError, RuntimeError, saying=MUTATED + ("pop from an empty set",) + tuple(map(str, range(100))))
def sets(random):
    s = Sets.numbers
    for _ in range(15):
        choice = random(14)
        n = random(100)
        if choice == 0:
            s.add(n)
        elif choice == 1:
            s.discard(n)
        elif choice == 2:
            s.update(s)
        elif choice == 3:
            s.update(range(n))
        elif choice == 4:
            s &= set(range(90))
        elif choice == 5:
            s |= {n}
        elif choice == 6:
            s.difference_update({n, 1, 2})
        elif choice == 7:
            check_numbers([s.pop()])
        elif choice == 8:
            check_numbers(s | {1})
        elif choice == 9:
            check_numbers(s.copy())
        elif choice == 10:
            check_numbers(frozenset(s))
        elif choice == 11:
            s <= {1, 2}, s == {3}, s.isdisjoint({500})
        elif choice == 12:
            check_numbers(s)
        else:
            s.symmetric_difference_update({n})
    if random(20) == 0:
        s.clear()


@allow(RuntimeError, saying=MUTATED)
def sets_that_compare(random):
    s = Sets.equals
    for _ in range(10):
        item = Equal(random(40))
        choice = random(4)
        if choice == 0:
            s.add(item)
        elif choice == 1:
            s.discard(item)
        elif choice == 2:
            item in s
        else:
            for other in s:
                assert type(other) is Equal and 0 <= other.n < 40
    assert len(s) <= 45


# ---- deques

class Deques:
    open = deque(range(30))
    bounded = deque(range(20), 20)


@allow(IndexError, RuntimeError, ValueError, saying=MUTATED + ("deque", "empty", "range"))
def deques(random):
    for d in (Deques.open, Deques.bounded):
        for _ in range(10):
            choice = random(14)
            n = random(1000)
            if choice == 0:
                d.append(n)
            elif choice == 1:
                d.appendleft(n)
            elif choice == 2:
                check_numbers([d.pop()])
            elif choice == 3:
                check_numbers([d.popleft()])
            elif choice == 4:
                d.rotate(random(9) - 4)
            elif choice == 5:
                check_numbers(d)
            elif choice == 6:
                d.extend(range(5))
            elif choice == 7 and len(d) < 100:
                d.extend(d)
            elif choice == 8:
                d[random(10)] = n
            elif choice == 9:
                check_numbers([d[random(10)], d[-1]])
            elif choice == 10:
                d.reverse()
            elif choice == 11:
                check_numbers(d.copy())
            elif choice == 12:
                n in d, d.count(n)
            else:
                del d[random(5)]
    assert len(Deques.bounded) <= 20
    if len(Deques.open) > 200:
        Deques.open.clear()


# ---- bytearrays: only small letters ever get in

LETTERS = b"abcdefghijklmnopqrstuvwxyz"


class Buffers:
    text = bytearray(LETTERS)
    view = memoryview(bytearray(LETTERS * 4))


def check_letters(data):
    assert not bytes(data).translate(None, LETTERS), data


@allow(BufferError, IndexError, ValueError)
def bytearrays(random):
    b = Buffers.text
    for _ in range(20):
        choice = random(17)
        i = random(40)
        if choice == 0:
            b[i] = LETTERS[random(26)]
        elif choice == 1:
            check_letters(b[i:])
        elif choice == 2:
            b.append(97)
        elif choice == 3:
            check_letters([b.pop()])
        elif choice == 4:
            b.extend(LETTERS[:i])
        elif choice == 5:
            del b[i:i + 5]
        elif choice == 6:
            b[i:i + 3] = LETTERS[:random(7)]
        elif choice == 7:
            with memoryview(b) as view:
                check_letters(view)
                check_letters(view[3:9].tobytes())
        elif choice == 8:
            check_letters(b.upper().lower())
        elif choice == 9:
            b.find(b"xyz"), b.count(b"a"), b"q" in b
        elif choice == 10:
            check_letters(b"".join([b, LETTERS, b]))
        elif choice == 11:
            check_letters(bytes(b))
        elif choice == 12:
            b.decode().encode()
        elif choice == 13:
            b += b"ab"
        elif choice == 14:
            check_letters(b.replace(b"abc", b"z"))
        elif choice == 15:
            b.reverse()
        else:
            b.split(b"m"), b.hex(), b == LETTERS
    if len(b) > 500:
        b.clear()


@allow(ValueError, BufferError, saying=("released", "exported buffer"))
def memoryviews(random):
    view = Buffers.view
    for _ in range(10):
        choice = random(7)
        if choice == 0:
            view[random(100)] = LETTERS[random(26)]
        elif choice == 1:
            check_letters(view.tobytes())
        elif choice == 2:
            check_letters(view[random(50):random(100)])
        elif choice == 3:
            check_letters(view.cast("B").tolist())
        elif choice == 4:
            view == view[:], len(view), view.nbytes
        elif choice == 5 and random(5) == 0:
            Buffers.view = memoryview(bytearray(LETTERS * 4))
            view.release()
        else:
            for letter in view:
                assert 97 <= letter <= 122


# ---- iterators: each item once

def items():
    return [(i, Token(i)) for i in range(40)]


def over(make, prepare=items):
    def maker():
        source = prepare()
        return make(source), source
    return maker


def second(pair):
    return pair[1]


plain_iterators = Counted(
    over(iter), over(reversed), over(lambda s: iter(tuple(s))), over(lambda s: iter(dict.fromkeys(s))),
    over(lambda s: iter(dict.fromkeys(s).keys())), over(lambda s: iter(dict(enumerate(s)).values())),
    over(lambda s: iter(deque(s))), over(lambda s: reversed(deque(s))), over(lambda s: reversed(dict.fromkeys(s))),
    over(lambda s: iter(set(s))), over(lambda s: iter(frozenset(s))),
    over(iter, lambda: range(100)), over(iter, lambda: range(2**70, 2**70 + 50)), over(iter, lambda: "abcdefghijklmnopqrstuvwxyz"),
    over(iter, lambda: bytes(range(200))), over(iter, lambda: bytearray(range(200))), over(iter, lambda: "äöüßéèê日本語"),
    over(lambda s: iter(memoryview(s)), lambda: bytes(range(200))))

wrapped_iterators = Counted(
    over(lambda s: map(lambda x: x, s)), over(lambda s: filter(None, s)), over(lambda s: map(second, enumerate(s))),
    over(lambda s: iter(list(s).pop, None)), over(lambda s: map(second, zip(range(len(s)), s))),
    over(lambda s: map(second, dict(enumerate(s)).items())))


# What runs out under another thread's hands.
@allow()
def iterators(random):
    for _ in range(30):
        plain_iterators.take()
        wrapped_iterators.take((IndexError,))


SECTIONS = [list_changes, list_searches, list_sorting, list_of_tokens, dict_changes, dict_walks, dict_growth, ordered_dicts,
            other_mappings, sets, sets_that_compare, deques, bytearrays, memoryviews, iterators]
