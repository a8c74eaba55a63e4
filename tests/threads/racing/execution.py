"""Sections on generators, coroutines, frames, exceptions, contexts and threads."""

import _thread
import contextvars
import itertools
import sys
import threading
import traceback
import types

from . import Counted, Token, allow

BUSY = ("already executing", "generator ignored GeneratorExit", "already entered", "already running", "already being awaited",
        "cannot reuse already awaited", "coroutine is being awaited already")


# ---- generators

def endless():
    i = 0
    while True:
        sent = yield Token(i)
        if sent is not None:
            assert sent == 5
        i += 1


def stubborn():
    for i in itertools.count():
        try:
            yield Token(i)
        except KeyError:
            pass
        finally:
            i += 1


def nested():
    yield from endless()


class Shared:
    generator = endless()
    deep = nested()
    awaited = None


# Closing has a program of its own, closed_generators.py: CPython 3.14 may crash there.
@allow()
def generators(random):
    g = Shared.generator
    for _ in range(20):
        choice = random(12)
        try:
            if choice < 6:
                next(g).verify()
            elif choice == 6:
                g.send(5).verify()
            elif choice == 7:
                g.throw(KeyError("thrown")).verify()
            elif choice == 8:
                next(Shared.deep).verify()
            elif choice == 9:
                frame = g.gi_frame
                if frame is not None:
                    frame.f_lineno, dict(frame.f_locals)
                assert g.gi_running in (True, False) and g.gi_code.co_name
                g.gi_yieldfrom, g.gi_suspended
            elif choice == 10 and random(8) == 0:
                Shared.generator = g = stubborn() if random(2) else endless()
        except (KeyError, StopIteration):
            Shared.generator = g = endless()
        except (ValueError, TypeError) as error:
            assert "already executing" in str(error) or "just-started" in str(error), error
    if random(20) == 0:
        old = Shared.deep
        Shared.deep = nested()
        try:
            old.close()
        except ValueError as error:      # another thread is at it
            assert "already executing" in str(error), error


def twenty():
    for i in range(20):
        yield i


def twenty_from():
    yield from range(20)


finite = Counted(lambda: (twenty(), range(20)), lambda: (twenty_from(), range(20)), lambda: ((i for i in range(20)), range(20)))


@allow()
def generators_once(random):
    for _ in range(30):
        try:
            finite.take()
        except ValueError as error:
            assert "already executing" in str(error), error


@types.coroutine
def suspend(value):
    return (yield value)


async def work():
    for i in range(10):
        token = Token(i)
        await suspend(token)
    return 10


async def produce():
    for i in range(10):
        yield Token(i)
        await suspend(Token(i))


Shared.awaited = work()
Shared.produced = produce()


@allow()
def coroutines(random):
    for _ in range(10):
        c = Shared.awaited
        try:
            c.send(None).verify()
        except StopIteration as stop:
            assert stop.value == 10
            Shared.awaited = work()
        except (ValueError, RuntimeError) as error:
            assert any(text in str(error) for text in BUSY), error
            if "reuse" in str(error):
                Shared.awaited = work()
        a = Shared.produced
        try:
            step = a.__anext__()
            step.send(None).verify()
        except StopIteration as stop:
            stop.value.verify()
        except StopAsyncIteration:
            Shared.produced = produce()
        except (ValueError, RuntimeError) as error:
            assert any(text in str(error) for text in BUSY + ("asynchronous generator is already running",)), error
            Shared.produced = produce()


# ---- frames of running threads

def deep(n, random):
    token = Token(n)
    if n > 0:
        return deep(n - 1, random) + token.verify() - n
    frames.append(sys._getframe())
    return 0


frames = []


@allow(IndexError, KeyError, RuntimeError)
def frames_of_others(random):
    deep(random(10), random)
    for ident, frame in sys._current_frames().items():
        assert type(ident) is int
        depth = 0
        while frame is not None and depth < 10:
            frame.f_code.co_name, frame.f_lasti
            line = frame.f_lineno
            assert line is None or line >= 0
            for name, value in list(frame.f_locals.items()):
                if name == "token" and isinstance(value, Token):
                    value.verify()
            frame.f_globals["__name__"]
            frame = frame.f_back
            depth += 1
    frame = frames[random(len(frames)) if frames else 0]
    while frame is not None:
        proxy = frame.f_locals
        if "token" in proxy and random(3) == 0:
            proxy["token"].verify()
        if frame.f_code is deep.__code__ and random(4) == 0:
            try:
                frame.clear()
            except RuntimeError as error:
                assert "executing" in str(error) or "suspended" in str(error), error
        frame = frame.f_back
    if len(frames) > 30:
        frames.clear()


@allow()
def locals_written_from_outside(random):
    """f_locals of a frame that another thread runs may be written to; the frame sees the old or the new value."""
    ready, done = _thread.allocate_lock(), _thread.allocate_lock()
    ready.acquire(), done.acquire()
    got = []

    def victim():
        value = Token(1)
        got.append(sys._getframe())
        ready.release()
        for _ in range(200):
            value.verify()
        done.release()
    thread = threading.Thread(target=victim)
    thread.start()
    ready.acquire()
    for i in range(20):
        got[0].f_locals["value"] = Token(i)
        got[0].f_locals["new"] = 1
    done.acquire()
    thread.join()


# ---- exceptions that several threads hold

class Problem(Exception):
    pass


class Raised:
    last = Problem("none", Token(1))
    group = ExceptionGroup("several", [ValueError(1), KeyError(2)])


@allow(ValueError, saying=("traceback loop detected",))
def exceptions(random):
    shared = Raised.last
    choice = random(9)
    if choice == 0:
        try:
            raise shared
        except Problem as error:
            error.args[1].verify()
    elif choice == 1:
        try:
            try:
                raise Problem("inner", Token(2))
            except Problem:
                raise shared
        except Problem as error:
            error.__context__ = None
    elif choice == 2:
        try:
            raise Problem("next", Token(3)) from shared
        except Problem as error:
            Raised.last = error if random(5) == 0 else Problem("fresh", Token(4))
    elif choice == 3:
        shared.__traceback__ = None
        shared.add_note("note")
        if len(shared.__notes__) > 20:
            shared.__notes__ = []
    elif choice == 4:
        tb = shared.__traceback__
        depth = 0
        while tb is not None and depth < 100:
            tb.tb_lineno, tb.tb_frame.f_code
            if random(6) == 0:
                tb.tb_next = None
            tb = tb.tb_next
            depth += 1
    elif choice == 5 and random(4) == 0:
        traceback.format_exception(shared, limit=3)
    elif choice == 6:
        str(shared), shared.with_traceback(None)
        shared.args = ("new", Token(5))
    elif choice == 7:
        try:
            raise Raised.group
        except* ValueError as group:
            assert len(group.exceptions) == 1
        except* KeyError:
            pass
    else:
        shared.__cause__ = None
    Raised.last.args[1].verify()


# ---- contexts

variable = contextvars.ContextVar("variable", default=Token(0))
shared_context = contextvars.copy_context()


@allow()
def contexts(random):
    token = variable.set(Token(random(10)))
    variable.get().verify()
    copy = contextvars.copy_context()
    copy[variable].verify()
    variable.reset(token)
    variable.get().verify()

    def inside():
        variable.set(Token(9))
        return variable.get().verify()
    try:
        assert shared_context.run(inside) == 9
    except RuntimeError as error:
        assert "already entered" in str(error), error
    if variable in shared_context:
        shared_context[variable].verify()
    assert copy.run(inside) == 9
    len(shared_context), list(shared_context.items())


# ---- threads and what they wait for

class Waiting:
    semaphore = threading.BoundedSemaphore(3)
    inside = []
    event = threading.Event()
    condition = threading.Condition()
    stock = 0
    lock = threading.Lock()
    rlock = threading.RLock()
    counter = 0
    local = threading.local()


@allow()
def synchronisation(random):
    w = Waiting
    choice = random(8)
    if choice == 0:
        with w.semaphore:
            w.inside.append(1)
            assert len(w.inside) <= 3
            w.inside.pop()
    elif choice == 1:
        if w.event.is_set():
            w.event.clear()
        else:
            w.event.set()
        w.event.wait(0.0005)
    elif choice == 2:
        with w.condition:
            w.stock += 1
            w.condition.notify()
    elif choice == 3:
        with w.condition:
            if w.condition.wait_for(lambda: w.stock > 0, timeout=0.001):
                w.stock -= 1
            assert w.stock >= 0
    elif choice == 4:
        for _ in range(20):
            with w.lock:
                before = w.counter
                w.counter = before + 1
                assert w.counter == before + 1
    elif choice == 5:
        with w.rlock, w.rlock:
            before = w.counter2 = getattr(w, "counter2", 0) + 1
            assert w.counter2 == before
    elif choice == 6:
        if w.lock.acquire(timeout=0.0002):
            w.lock.release()
    else:
        w.local.token = Token(random(10))
        w.local.token.verify()
        w.local.__dict__["token"].verify()


@allow(RuntimeError, saying=("can't start new thread",))
def thread_births(random):
    if random(4):
        return
    results = []
    barrier = threading.Barrier(3)

    def child(n):
        barrier.wait()
        Waiting.local.token = Token(n)
        deep(3, random)
        results.append(Waiting.local.token.verify())
    threads = [threading.Thread(target=child, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
        assert not thread.is_alive()
    assert sorted(results) == [0, 1, 2]
    threading.enumerate(), threading.active_count()


SECTIONS = [generators, generators_once, coroutines, frames_of_others, locals_written_from_outside, exceptions, contexts,
            synchronisation, thread_births]
