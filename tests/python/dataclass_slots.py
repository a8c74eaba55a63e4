# dataclass(slots=True), and a dataclass whose slots are written by hand.
import dataclasses
import sys
import types


@dataclasses.dataclass(slots=True)
class P:
    x: int
    y: int = 3


assert P(1) == P(1, 3) and P.__slots__ == ("x", "y") and not hasattr(P(1), "__dict__")


@dataclasses.dataclass
class Q:
    __slots__ = ("a", "b")
    a: int
    b: int


# The slots' descriptors are no default values.
assert Q(1, 2).b == 2 and isinstance(Q.a, types.MemberDescriptorType)
try:
    Q(1)
except TypeError as e:
    assert str(e) == "Q.__init__() missing 1 required positional argument: 'b'", e
else:
    raise AssertionError("a default value from nowhere")
f = lambda: 0
assert f.__globals__ is globals() and type(type(f).__globals__) is types.MemberDescriptorType
try:
    f.__globals__ = {}
except AttributeError as e:
    assert str(e) == "readonly attribute", e
else:
    raise AssertionError("__globals__ is readonly")
for wrong, text in ((int, "argument is immutable"), (3, "_clear_type_descriptors() argument must be type, not int")):
    try:
        sys._clear_type_descriptors(wrong)
    except TypeError as e:
        assert str(e) == text, e
    else:
        raise AssertionError(text)
print("ok")

before = sys.get_asyncgen_hooks()
assert before.firstiter is None and before.finalizer is None and len(before) == 2
sys.set_asyncgen_hooks(firstiter=print)
assert sys.get_asyncgen_hooks().firstiter is print
sys.set_asyncgen_hooks(*before)
assert sys.get_asyncgen_hooks() == before
