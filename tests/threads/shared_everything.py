"""Eight threads share everything that Python lets them share, and look whether what each reads makes sense.

Seconds to run: the first argument, or OROCHI_STRESS_SECONDS, or 4. Ends with status 0 and 'ok', or says what went wrong.
Passes on every Python, with and without a GIL: only exceptions that Python documents for such programs are let through.
"""

import _thread
import gc
import sys
import time

THREADS = 8


def seconds_to_run():
    if len(sys.argv) > 1:
        return float(sys.argv[1])
    try:
        import os
        return float(os.environ.get("OROCHI_STRESS_SECONDS", "4"))
    except ImportError:
        return 4.0


class Token:
    """An object with a check on itself: whoever finds another value in it has read freed memory."""

    __slots__ = ("number", "check")

    def __init__(self, number):
        self.number = number
        self.check = ~number

    def verify(self):
        number = self.number
        if self.check != ~number:
            raise AssertionError(f"torn token {number!r} {self.check!r}")
        return number


class Bag:
    """Attributes come and go."""

    shared = 0
    token = Token(0)

    def method(self):
        return 1


class KeyWithEq:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 7

    def __eq__(self, other):
        return isinstance(other, KeyWithEq) and self.n == other.n


class Node:
    def __init__(self, other=None):
        self.other = other
        self.me = self


shared_list = [Token(i) for i in range(50)]
short_list = []
shared_dict = {i: Token(i) for i in range(50)}
name_dict = {f"key{i}": Token(i) for i in range(50)}
eq_dict = {}
shared_set = {f"item{i}" for i in range(50)}
int_set = set(range(100))
bag = Bag()
shared_global = Token(0)
shared_bytes = bytearray(b"0123456789")


def allow(*exceptions):
    """The exceptions that the operations of one section may raise, with the message they have to contain."""
    def decorate(function):
        def run(random):
            try:
                function(random)
            except exceptions as error:
                if isinstance(error, AssertionError):
                    raise
                if isinstance(error, RuntimeError):
                    text = str(error)
                    if "changed size during iteration" not in text and "keys changed during iteration" not in text \
                            and "mutated during iteration" not in text:
                        raise
        run.__name__ = function.__name__
        return run
    return decorate


def make_random(seed):
    state = seed * 2654435761 % 2**32 or 1

    def random(n):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state >> 8) % n
    return random


@allow(IndexError)
def list_items(random):
    for _ in range(40):
        i = random(60)
        choice = random(12)
        if choice < 5:
            shared_list[i].verify()
        elif choice < 7:
            shared_list[i] = Token(random(1000))
        elif choice == 7:
            if len(shared_list) < 100:
                shared_list.append(Token(i))
        elif choice == 8:
            if len(shared_list) > 20:
                shared_list.pop(random(20)).verify()
        elif choice == 9:
            shared_list.insert(i, Token(i))
            shared_list.pop().verify()
        elif choice == 10:
            for token in shared_list[5:15]:
                token.verify()
        else:
            shared_list[3:6] = [Token(1), Token(2), Token(3)]


@allow(IndexError)
def list_wholes(random):
    total = 0
    for token in shared_list:
        total += token.verify()
    copy = list(shared_list)
    for token in copy + shared_list:
        token.verify()
    shared_list.reverse()
    for token in reversed(shared_list):
        token.verify()
    a, b, c = (shared_list[:3] + [Token(1), Token(2), Token(3)])[:3]
    a.verify(), b.verify(), c.verify()
    if random(10) == 0:
        short_list.clear()
    short_list.extend(copy[:5])
    short_list.extend(short_list[:5])
    for token in tuple(short_list):
        token.verify()
    if len(short_list) > 200:
        del short_list[10:]
    assert Token not in shared_list


@allow(ValueError)
def list_sorting(random):
    numbers.sort()
    numbers.append(random(1000))
    copy = sorted(numbers)
    for i in range(1, len(copy)):
        assert copy[i - 1] <= copy[i]
    if len(numbers) > 100:
        numbers.clear()


numbers = []


@allow(KeyError, RuntimeError)
def dict_items(random):
    for _ in range(40):
        i = random(80)
        choice = random(10)
        if choice < 4:
            shared_dict[i].verify()
        elif choice < 6:
            shared_dict[i] = Token(i)
        elif choice == 6:
            token = shared_dict.get(i)
            if token is not None:
                token.verify()
        elif choice == 7:
            shared_dict.pop(i).verify()
        elif choice == 8:
            shared_dict.setdefault(i, Token(i)).verify()
        elif i in shared_dict:
            del shared_dict[i]


@allow(KeyError, RuntimeError)
def dict_names(random):
    for _ in range(20):
        key = f"key{random(70)}"
        choice = random(8)
        if choice < 3:
            name_dict[key].verify()
        elif choice < 6:
            name_dict[key] = Token(random(99))
        elif choice == 6:
            name_dict.pop(key, None)
        else:
            for k, token in name_dict.items():
                token.verify()
                assert k[:3] == "key"
    if random(50) == 0:
        name_dict.clear()


@allow(KeyError, RuntimeError)
def dict_wholes(random):
    for key, token in list(shared_dict.items()):
        token.verify()
    for key in shared_dict:
        assert 0 <= key < 80
    for token in shared_dict.copy().values():
        token.verify()
    merged = {**shared_dict, **name_dict}
    for token in merged.values():
        token.verify()
    shared_dict.update({random(80): Token(7)})
    key, token = shared_dict.popitem()
    token.verify()
    shared_dict | name_dict


@allow(KeyError, RuntimeError)
def dict_equality(random):
    for _ in range(10):
        n = random(30)
        choice = random(4)
        if choice == 0:
            eq_dict[KeyWithEq(n)] = Token(n)
        elif choice == 1:
            assert eq_dict[KeyWithEq(n)].verify() == n
        elif choice == 2:
            assert eq_dict.pop(KeyWithEq(n)).verify() == n
        else:
            KeyWithEq(n) in eq_dict


@allow(KeyError, RuntimeError)
def sets(random):
    for _ in range(20):
        item = f"item{random(80)}"
        choice = random(6)
        if choice == 0:
            shared_set.add(item)
        elif choice == 1:
            shared_set.discard(item)
        elif choice == 2:
            item in shared_set
        elif choice == 3:
            for s in shared_set:
                assert s[:4] == "item"
        elif choice == 4:
            int_set.add(random(1000))
            int_set.discard(random(1000))
            int_set.pop()
        else:
            for s in shared_set | {"item0"}:
                assert s[:4] == "item"
            int_set & {1, 2, 3}
            int_set.update(range(random(10)))


@allow(AttributeError)
def attributes(random):
    for _ in range(20):
        choice = random(8)
        if choice < 2:
            bag.token.verify()
        elif choice < 4:
            bag.token = Token(random(99))
        elif choice == 4:
            setattr(bag, f"name{random(20)}", Token(random(99)))
        elif choice == 5:
            getattr(bag, f"name{random(20)}").verify()
        elif choice == 6:
            delattr(bag, f"name{random(20)}")
        else:
            for value in list(bag.__dict__.values()):
                value.verify()
    other = Bag()
    other.a = other.b = Token(5)
    other.a.verify()


@allow(AttributeError)
def class_attributes(random):
    choice = random(6)
    if choice == 0:
        Bag.shared = random(1000)
    elif choice == 1:
        Bag.token = Token(random(99))
    elif choice == 2:
        def method(self):
            return 1
        Bag.method = method
    elif choice == 3:
        setattr(Bag, f"class{random(5)}", Token(3))
    elif choice == 4:
        delattr(Bag, f"class{random(5)}")
    else:
        class Local(Bag):
            pass
        assert Local().method() == 1
        Local().token.verify()
    for _ in range(10):
        assert bag.method() == 1
        assert bag.shared >= 0
        Bag.token.verify()


@allow()
def global_names(random):
    global shared_global
    for _ in range(20):
        shared_global.verify()
        if random(3) == 0:
            shared_global = Token(random(99))
    name = f"made{random(5)}"
    globals()[name] = Token(1)
    globals().get(name).verify()


def make_counter():
    cell = Token(0)

    def read():
        return cell.verify()

    def write(n):
        nonlocal cell
        cell = Token(n)
    return read, write


read_cell, write_cell = make_counter()


@allow()
def closures(random):
    for _ in range(20):
        read_cell()
        write_cell(random(99))


def endless():
    i = 0
    while True:
        yield Token(i)
        i += 1


class Shared:
    generator = endless()
    iterator = iter([])
    zipped = iter([])
    mapped = iter([])
    counted = iter([])


def use_generator(generator):
    try:
        next(generator).verify()
    except ValueError as error:
        if "already executing" not in str(error):
            raise
    except StopIteration:
        pass


@allow()
def generators(random):
    for _ in range(10):
        use_generator(Shared.generator)
    if random(20) == 0:
        old = Shared.generator
        Shared.generator = endless()
        try:
            old.close()
        except ValueError as error:
            if "already executing" not in str(error):
                raise


@allow(RuntimeError)
def iterators(random):
    choice = random(6)
    if choice == 0:
        Shared.iterator = iter(list(shared_list))
    elif choice == 1:
        Shared.iterator = iter(shared_dict.values())
    elif choice == 2:
        Shared.zipped = zip(list(shared_list), tuple(shared_list))
    elif choice == 3:
        Shared.mapped = map(Token.verify, list(shared_list))
        Shared.counted = enumerate(list(shared_list))
    elif choice == 4:
        Shared.iterator = reversed(list(shared_list))
    for _ in range(20):
        token = next(Shared.iterator, None)
        if token is not None:
            token.verify()
        pair = next(Shared.zipped, None)
        if pair is not None:
            a, b = pair
            a.verify(), b.verify()
        next(Shared.mapped, None)
        pair = next(Shared.counted, None)
        if pair is not None:
            pair[1].verify()


@allow()
def strings(random):
    n = random(1000)
    text = f"text {n}"
    assert text == "text " + str(n) and hash(text) == hash("text " + str(n))
    assert sys.intern(text) == text
    assert "".join([text[:5], str(n)]) == text
    shared_bytes[random(10)] = 48 + random(10)
    assert bytes(shared_bytes).isdigit()


@allow()
def cycles(random):
    for _ in range(20):
        a = Node()
        b = Node(a)
        a.other = b
    assert a.other.other is a


@allow()
def exceptions(random):
    for _ in range(5):
        try:
            raise KeyError(random(10))
        except KeyError as error:
            assert 0 <= error.args[0] < 10
            try:
                raise ValueError from error
            except ValueError as second:
                assert second.__cause__ is error


@allow()
def collecting(random):
    if random(20) == 0:
        gc.collect()


@allow()
def thread_births(random):
    if random(5) != 0:
        return
    done = _thread.allocate_lock()
    done.acquire()
    result = []

    def child():
        result.append(Token(5))
        shared_list[0] = Token(1)
        done.release()
    try:
        _thread.start_new_thread(child, ())
    except RuntimeError as error:       # the system is out of threads
        assert "start new thread" in str(error), error
        return
    done.acquire()
    assert result[0].verify() == 5


SECTIONS = [list_items, list_wholes, list_sorting, dict_items, dict_names, dict_wholes, dict_equality, sets, attributes,
            class_attributes, global_names, closures, generators, iterators, strings, cycles, exceptions, collecting,
            thread_births]

failures = []
rounds = [0] * THREADS


def work(index, end, finished, sections):
    random = make_random(index + 1)
    try:
        while time.monotonic() < end and not failures:
            sections[random(len(sections))](random)
            rounds[index] += 1
    except BaseException as error:
        failures.append((index, error))
    finally:
        finished.release()


def main():
    sections = SECTIONS
    names = [a for a in sys.argv[2:] if a != "-v"]
    if names:
        sections = [s for s in SECTIONS if s.__name__ in names]
    end = time.monotonic() + seconds_to_run()
    finished = [_thread.allocate_lock() for _ in range(THREADS)]
    for lock in finished:
        lock.acquire()
    for i in range(THREADS):
        _thread.start_new_thread(work, (i, end, finished[i], sections))
    for lock in finished:
        lock.acquire()
    for index, error in failures:
        print("thread", index, "failed:", type(error).__name__, error)
        tb = error.__traceback__
        while tb:
            print("   line", tb.tb_lineno, "in", tb.tb_frame.f_code.co_name)
            tb = tb.tb_next
    if failures:
        sys.exit(1)
    if "-v" in sys.argv:
        print("rounds", sum(rounds))
    assert all(rounds)
    print("ok")


main()
