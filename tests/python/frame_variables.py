# Frames: their variables within comprehensions, callers, and lines that only match statements have.
import sys


def check(where):
    assert [sys._getframe().f_locals["a"] for a in [7]] == [7], where


check("a function")
assert [sys._getframe().f_locals["a"] for a in [7]] == [7]
assert [list(sys._getframe().f_locals) for a in [7]] == [["a"]]
assert "a" not in [sys._getframe().f_locals for a in [7]][0]
assert sys._getframe().f_locals is globals()


class C:
    around = 1
    inside = [(sys._getframe().f_locals["a"], locals(), eval("a")) for a in [7]][0]
    after = sys._getframe().f_locals["around"]


assert C.inside == (7, {"a": 7}, 7) and C.after == 1


# A generator's frame doesn't keep those alive that called it.
def g():
    yield


generator = g()
frame = generator.gi_frame
assert frame.f_back is None
next(generator)
assert frame.f_back is None
next(generator, None)
assert frame.f_back is None


def raising():
    raise ValueError
    yield


try:
    next(raising())
except ValueError as e:
    assert e.__traceback__.tb_next.tb_frame.f_back is None


# The line of a case that compares nothing.
def only_wildcard(subject):
    match subject:
        case _:
            return "default"


lines = []


def trace(frame, event, argument):
    if frame.f_code is only_wildcard.__code__ and event == "line":
        lines.append(frame.f_lineno - frame.f_code.co_firstlineno)
    return trace


sys.settrace(trace)
only_wildcard(1)
sys.settrace(None)
assert lines == [1, 2, 3], lines


# An f-string without anything to format is a string.
assert (lambda: f"abc").__code__.co_code == (lambda: "abc").__code__.co_code
