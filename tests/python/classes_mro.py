# Metaclasses with an mro() of their own.


def raises(text, make):
    try:
        make()
    except TypeError as e:
        assert str(e) == text, e
    else:
        raise AssertionError(text)


class Reversed(type):
    def mro(cls):
        return type.mro(cls)[::-1]


class A:
    def f(self):
        return "A"


class B(A):
    def f(self):
        return "B"


class X(B, metaclass=Reversed):
    pass


assert X.__mro__ == (object, A, B, X) and X().f() == "A"


def metaclass_of(order):
    return type("M", (type,), {"mro": lambda cls: order(cls)})


# An order that names a native class that instances aren't laid out as would let its methods loose on them.
for native in (dict, list, int, tuple, str, type, ValueError):
    raises(f"mro() returned base with unsuitable layout ('{native.__name__}')",
           lambda: metaclass_of(lambda cls: [cls, native, object])("Y", (object,), {}))
raises("mro() returned a non-class ('int')", lambda: metaclass_of(lambda cls: [cls, 3])("Y", (object,), {}))
raises("'int' object is not iterable", lambda: metaclass_of(lambda cls: 3)("Y", (object,), {}))

# Leaving one out is a class's own affair.
Z = metaclass_of(lambda cls: [cls, object])("Z", (dict,), {})
assert not issubclass(Z, dict)
try:
    dict.__setitem__(object.__new__(Z), 1, 2)
except TypeError:
    pass
print("ok")
