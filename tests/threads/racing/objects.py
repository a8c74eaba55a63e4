"""Sections on attributes, classes, functions, weak references, and on the end of objects."""

import functools
import gc
import sys
import types
import weakref
from abc import ABC

from . import Token, allow


# ---- instances

class Slotted:
    __slots__ = ("a", "b", "__dict__", "__weakref__")

    def __init__(self):
        self.a = Token(1)
        self.b = Token(2)
        self.c = Token(3)


class Shared:
    slotted = Slotted()
    plain = types.SimpleNamespace()
    many = types.SimpleNamespace()


@allow(AttributeError)
def slots(random):
    o = Shared.slotted
    for _ in range(20):
        choice = random(8)
        if choice == 0:
            del o.a
        elif choice == 1:
            o.a = Token(random(100))
        elif choice == 2:
            o.a.verify(), o.b.verify()
        elif choice == 3:
            del o.c
        elif choice == 4:
            o.c = Token(5)
        elif choice == 5:
            for value in list(vars(o).values()):
                value.verify()
        elif choice == 6:
            Slotted.b.__get__(o).verify()
            o.b = Token(6)
        else:
            o.c.verify()
    if random(30) == 0:
        Shared.slotted = Slotted()


@allow(AttributeError, KeyError, RuntimeError)
def instance_dicts(random):
    o = Shared.plain
    for _ in range(20):
        name = f"name{random(12)}"
        choice = random(9)
        if choice < 2:
            setattr(o, name, Token(1))
        elif choice == 2:
            getattr(o, name).verify()
        elif choice == 3:
            delattr(o, name)
        elif choice == 4:
            o.__dict__[name] = Token(2)
        elif choice == 5:
            o.__dict__.pop(name).verify()
        elif choice == 6:
            for value in vars(o).copy().values():
                value.verify()
        elif choice == 7:
            assert hasattr(o, name) in (True, False)
        else:
            getattr(o, name, Token(0)).verify()
    if random(40) == 0:
        Shared.plain = types.SimpleNamespace()
    fresh = type("Fresh", (), {})()
    for i in range(random(20)):
        setattr(fresh, f"n{i}", i)
        assert getattr(fresh, f"n{i // 2}") == i // 2


class Swapped:
    def __init__(self):
        self.token = Token(7)


@allow(AttributeError)
def replaced_dicts(random):
    o = replaced
    choice = random(4)
    if choice == 0:
        o.__dict__ = {"token": Token(8), "other": Token(9)}
    elif choice == 1:
        o.other = Token(1)
    elif choice == 2:
        o.other.verify()
    for _ in range(10):
        o.token.verify()


replaced = Swapped()


# ---- the class of an instance, and its bases

class One:
    kind = "One"

    def name(self):
        return "One"


class Two:
    kind = "Two"

    def name(self):
        return "Two"


class Chameleon(One):
    pass


class Other(One):
    def name(self):
        return "Other"


changing = Chameleon()


@allow()
def class_of_instances(random):
    for _ in range(10):
        if random(3) == 0:
            changing.__class__ = Other if random(2) else Chameleon
        assert changing.name() in ("One", "Other", "Two")
        assert type(changing) in (Other, Chameleon)
        # (Asked for a tuple of the two, isinstance may look at each when the class is the other.)
        assert isinstance(changing, One)
        changing.extra = Token(1)
        changing.extra.verify()


class Base1:
    def method(self):
        return 1


class Base2:
    def method(self):
        return 2


class Rebased(Base1):
    pass


class Leaf(Rebased):
    def method(self):
        return super().method()


leaf = Leaf()


@allow()
def bases_of_classes(random):
    if random(4) == 0:
        Rebased.__bases__ = (Base2,) if random(2) else (Base1,)
    for _ in range(10):
        assert leaf.method() in (1, 2)
        assert Rebased.method(leaf) in (1, 2)
        assert Leaf.__mro__[0] is Leaf and Leaf.__mro__[-1] is object
    assert Rebased in Base1.__subclasses__() + Base2.__subclasses__() or True
    for sub in Base1.__subclasses__():
        sub.__name__


class Mutable:
    value = 0

    def __init__(self):
        self.own = 0


mutable = Mutable()


@allow(AttributeError)
def class_changes(random):
    """One name is by turns a plain value, a method, a property, a slot-like descriptor, and absent."""
    choice = random(9)
    if choice == 0:
        Mutable.value = 0
    elif choice == 1:
        Mutable.value = property(lambda self: 0)
    elif choice == 2:
        cached = functools.cached_property(lambda self: 0)
        cached.__set_name__(Mutable, "cached")
        Mutable.value = cached
    elif choice == 3:
        Mutable.own = property(lambda self: 0, lambda self, value: None)
    elif choice == 4:
        del Mutable.own
    elif choice == 5:
        Mutable.__getattr__ = lambda self, name: 0
    elif choice == 6:
        del Mutable.__getattr__
    elif choice == 7:
        Mutable.__getattribute__ = lambda self, name: object.__getattribute__(self, name)
    elif hasattr(Mutable, "__getattribute__") and "__getattribute__" in vars(Mutable):
        del Mutable.__getattribute__
    for _ in range(10):
        value = mutable.value
        assert value == 0 or callable(value) or isinstance(value, (property, functools.cached_property)), value
        assert mutable.own == 0
        mutable.own = 0
        fresh = Mutable()
        assert fresh.own == 0


class Operators:
    def __init__(self, n):
        self.n = n


operand = Operators(5)


@allow(AttributeError, TypeError)
def special_methods(random):
    """Special methods come and go while operators use them."""
    name, function = (
        ("__add__", lambda a, b: 5), ("__len__", lambda a: 5), ("__eq__", lambda a, b: True), ("__hash__", lambda a: 5),
        ("__getitem__", lambda a, i: [5][i]), ("__call__", lambda a: 5), ("__bool__", lambda a: True), ("__iter__", lambda a: iter([5])),
        ("__contains__", lambda a, b: True), ("__index__", lambda a: 5), ("__str__", lambda a: "5"))[random(11)]
    if random(2):
        setattr(Operators, name, function)
    elif name in vars(Operators):
        delattr(Operators, name)
    for use in (lambda: operand + 1, lambda: len(operand), lambda: operand[0], operand, lambda: [*operand][0],
                lambda: (9).__class__(operand)):
        try:
            assert use() == 5
        except TypeError:
            pass
    hash(operand)
    {operand: 1}
    assert operand == operand
    bool(operand), str(operand)
    operand in [operand]


@allow(RuntimeError, KeyError)
def new_classes(random):
    class Local(Base1, metaclass=type):
        attribute = Token(3)
        __slots__ = ("x", "y")

        def method(self):
            return 10 + super().method()
    o = Local()
    o.x = Token(4)
    assert o.method() == 11
    o.attribute.verify(), o.x.verify()
    made = type(f"Made{random(10)}", (Local,), {"more": 1})
    assert made().more == 1 and issubclass(made, Base1)
    assert not isinstance(o, Interface)
    if random(3) == 0:
        Interface.register(Local)
        assert isinstance(o, Interface)
    assert Local in Base1.__subclasses__()


class Interface(ABC):
    pass


# ---- functions

def target(a=1, *, b=2):
    return a, b


def target_code(a, *, b):
    return a, b


def other_code(a, *, b):
    x = a
    y = b
    return x, y


@allow()
def function_changes(random):
    choice = random(6)
    if choice == 0:
        target.__defaults__ = (1,)
    elif choice == 1:
        target.__kwdefaults__ = {"b": 2}
    elif choice == 2:
        target.__code__ = other_code.__code__ if random(2) else target_code.__code__
    elif choice == 3:
        target.label = Token(1)
    elif choice == 4:
        target.__annotations__ = {"a": int}
    else:
        target.__name__ = target.__qualname__ = f"target{random(9)}"
    for _ in range(10):
        assert target() == (1, 2)
        assert target(5, b=6) == (5, 6)
        assert target(*(1,), **{"b": 2}) == (1, 2)


def make_cell():
    content = Token(0)

    def read():
        return content.verify()

    def write(n):
        nonlocal content
        content = Token(n)

    def remove():
        nonlocal content
        del content
    return read, write, remove


read_cell, write_cell, remove_cell = make_cell()


@allow(NameError, ValueError, saying=("cannot access", "referenced before", "Cell is empty", "cell is empty"))
def cells(random):
    for _ in range(10):
        choice = random(8)
        if choice == 0:
            remove_cell()
        elif choice < 4:
            write_cell(random(100))
        elif choice == 4:
            read_cell.__closure__[0].cell_contents.verify()
        elif choice == 5:
            write_cell.__closure__[0].cell_contents = Token(3)
        else:
            read_cell()


NAMESPACE = {"__builtins__": __builtins__, "value": Token(1)}
exec("def read():\n    return value.verify(), len('ab'), abs(-1)\ndef write(token):\n    global value\n    value = token\n", NAMESPACE)


@allow(NameError)
def global_names(random):
    choice = random(6)
    if choice == 0:
        NAMESPACE["len"] = lambda text: 2
    elif choice == 1:
        NAMESPACE.pop("len", None)
    elif choice == 2:
        NAMESPACE[f"extra{random(40)}"] = 1
    elif choice == 3:
        NAMESPACE.pop(f"extra{random(40)}", None)
    elif choice == 4:
        NAMESPACE["write"](Token(random(100)))
    elif random(5) == 0:
        NAMESPACE.pop("value", None)
        NAMESPACE["value"] = Token(5)
    for _ in range(10):
        number, length, one = NAMESPACE["read"]()
        assert length == 2 and one == 1


# ---- weak references and the end of objects

class Mortal:
    def __init__(self, n):
        self.token = Token(n)
        self.me = self if n % 3 == 0 else None

    def __del__(self):
        self.token.verify()


class Lazarus(Mortal):
    def __del__(self):
        risen.append(self)


risen = []
mortals = [Mortal(i) for i in range(10)]
by_value = weakref.WeakValueDictionary()
by_key = weakref.WeakKeyDictionary()
weak_set = weakref.WeakSet()
called_back = []


@allow(IndexError, KeyError, RuntimeError)
def weak_references(random):
    for _ in range(10):
        choice = random(8)
        i = random(10)
        if choice == 0:
            mortals[i] = Mortal(i)
        elif choice == 1:
            o = weakref.ref(mortals[i])()
            if o is not None:
                o.token.verify()
        elif choice == 2:
            by_value[i] = mortals[i]
        elif choice == 3:
            o = by_value.get(i)
            if o is not None:
                o.token.verify()
        elif choice == 4:
            weak_set.add(mortals[i])
            for o in list(weak_set):
                o.token.verify()
        elif choice == 5:
            by_key[mortals[i]] = Token(i)
            for token in list(by_key.values()):
                token.verify()
        elif choice == 6:
            reference = weakref.ref(Mortal(i), called_back.append)
            del reference
        else:
            try:
                weakref.proxy(mortals[i]).token.verify()
            except ReferenceError:
                pass
    if len(called_back) > 100:
        called_back.clear()


shared_reference = [weakref.ref(mortals[0])]


@allow(IndexError)
def dying_referents(random):
    o = shared_reference[0]()
    if o is None or random(4) == 0:
        fresh = Mortal(random(9))
        shared_reference[0] = weakref.ref(fresh)
        mortals[0] = fresh
        return
    for _ in range(10):
        again = shared_reference[0]()
        if again is not None:
            again.token.verify()
    weakref.getweakrefcount(o), weakref.getweakrefs(o)


@allow(IndexError)
def resurrections(random):
    for i in range(5):
        Lazarus(i)
    for _ in range(5):
        risen.pop().token.verify()
    if len(risen) > 50:
        risen.clear()


@allow()
def finalizers(random):
    done = []
    o = Mortal(1)
    f = weakref.finalize(o, done.append, 1)
    del o
    if random(3) == 0:
        gc.collect()
    f()      # another thread may hold the object: gc.get_objects()
    assert done == [1] and not f.alive


# ---- the collector looks at everything

@allow()
def collecting(random):
    choice = random(12)
    if choice == 0:
        gc.collect()
    elif choice == 1 and random(3) == 0:
        for o in gc.get_objects()[:2000]:
            type(o)
    elif choice == 2:
        token = Token(1)
        holder = [token]
        assert any(r is holder for r in gc.get_referrers(token)) or True
        assert token in gc.get_referents(holder)
    elif choice == 3:
        gc.is_tracked(mortals), gc.get_count(), gc.get_stats()
    else:
        for i in range(10):
            a, b = Mortal(i), [i]
            a.other = b
            b.append(a)
    sys.getrefcount(mortals)


SECTIONS = [slots, instance_dicts, replaced_dicts, class_of_instances, bases_of_classes, class_changes, special_methods, new_classes,
            function_changes, cells, global_names, weak_references, dying_referents, resurrections, finalizers, collecting]
