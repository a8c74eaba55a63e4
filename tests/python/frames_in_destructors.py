"""Destructors that run while a frame ends ask for that frame: it stays readable after it has ended."""

import gc
import sys

kept = []


class Asking:
    def __del__(self):
        kept.append(sys._getframe(1))


def returns():
    asking = Asking()
    text = "text"
    return [text]


def raises():
    asking = Asking()
    raise KeyError(1)


def generator():
    asking = Asking()
    yield 1
    yield 2


def make_closure():
    asking = Asking()
    return lambda: asking


def releases_its_function():
    return make_closure()()


def fill(n):
    """Other frames come to stand where those that ended stood."""
    a, b, c = [n], (n,), {n: n}
    return n if n == 0 else fill(n - 1)


def main():
    for i in range(20):
        assert returns() == ["text"]
        try:
            raises()
        except KeyError:
            pass
        g = generator()
        next(g)
        g.close()
        g = generator()
        next(g)
        del g
        list(generator())
        releases_its_function()
        fill(50)
    gc.collect()
    fill(50)
    assert len(kept) >= 100, len(kept)
    for frame in kept:
        assert isinstance(frame.f_code.co_name, str)
        assert type(frame.f_locals) is not None and frame.f_lineno is None or frame.f_lineno > 0
        while frame is not None:
            assert frame.f_globals is not None
            dict(frame.f_locals)
            frame = frame.f_back


main()

# A generator and its frame object in one cycle of garbage, cleared by the collector in whichever order.
for i in range(50):
    def looking_at_itself():
        me = yield
        frame = me.gi_frame
        cycle = [me, frame, Asking()]
        yield cycle

    g = looking_at_itself()
    next(g)
    g.send(g)
    frame = g.gi_frame
    del g, frame
    gc.collect()
print("ok")
