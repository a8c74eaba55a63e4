# A metaclass may order the MRO, but not so that natives would take an instance for what it isn't.
def fails(order, message, *bases):
    class Meta(type):
        def mro(cls):
            return order(cls)
    try:
        Meta("X", bases, {})
    except TypeError as e:
        assert str(e) == message, e
    else:
        raise AssertionError(message)


fails(lambda cls: (), "type MRO must not be empty")
fails(lambda cls: [1], "mro() returned a non-class ('int')")
fails(lambda cls: [cls, dict, object], "mro() returned base with unsuitable layout ('dict')")
fails(lambda cls: [cls, str], "mro() returned base with unsuitable layout ('str')", int)


class Reversed(type):
    def mro(cls):
        return type.mro(cls)[::-1]


class A:
    def f(self):
        return "A"


class B(A):
    def f(self):
        return "B"


class X(B, A, metaclass=Reversed):
    pass


assert X.__mro__ == (object, A, B, X) and X().f() == "A"
