# Threads run the same code while others switch tracing, profiling and monitoring on and off: nobody crashes, results stay right, and a
# thread sees its own events only.
import sys
import threading
import time

DEADLINE = time.monotonic() + 4
M = sys.monitoring
E = M.events


def numbers(n):
    for i in range(n):
        if i % 3 == 0:
            yield i
        elif i < 0:
            yield -1


def work(n):
    total = 0
    for x in numbers(n):
        try:
            if x % 2:
                raise ValueError(x)
            total += sum([y for y in range(3) if y != 1])
        except ValueError as e:
            total += e.args[0]
        while total > 10_000:
            total -= 1
    return total


EXPECTED = work(60)
failures = []
counts = {}


def worker():
    try:
        while time.monotonic() < DEADLINE:
            if work(60) != EXPECTED:
                failures.append('wrong result')
    except BaseException as e:
        failures.append(repr(e))


def tracer_thread(name):
    me = threading.get_ident()
    seen = 0

    def trace(frame, event, arg):
        nonlocal seen
        seen += 1
        if threading.get_ident() != me:
            failures.append('a foreign event')
        return trace

    try:
        while time.monotonic() < DEADLINE:
            sys.settrace(trace)
            r = work(60)
            sys.settrace(None)
            if r != EXPECTED:
                failures.append('wrong result when traced')
    except BaseException as e:
        failures.append(repr(e))
    counts[name] = seen


def profiler_thread():
    seen = 0

    def profile(frame, event, arg):
        nonlocal seen
        seen += 1

    try:
        while time.monotonic() < DEADLINE:
            sys.setprofile(profile)
            r = work(60)
            sys.setprofile(None)
            if r != EXPECTED:
                failures.append('wrong result when profiled')
    except BaseException as e:
        failures.append(repr(e))
    counts['profiler'] = seen


def monitor_thread():
    seen = [0]

    def callback(*args):
        seen[0] += 1
        return M.DISABLE if seen[0] % 2 else None

    def plain(*args):
        seen[0] += 1

    try:
        M.use_tool_id(2, 'stress')
        for event in (E.LINE, E.CALL, E.PY_START, E.PY_RETURN, E.PY_YIELD, E.PY_RESUME, E.JUMP, E.BRANCH_LEFT, E.BRANCH_RIGHT,
                      E.STOP_ITERATION, E.INSTRUCTION):
            M.register_callback(2, event, callback)
        for event in (E.RAISE, E.EXCEPTION_HANDLED, E.PY_UNWIND, E.C_RETURN, E.C_RAISE):
            M.register_callback(2, event, plain)
        step = 0
        while time.monotonic() < DEADLINE:
            step += 1
            M.set_events(2, (E.LINE | E.CALL | E.BRANCH_LEFT, E.INSTRUCTION | E.RAISE, E.PY_START | E.PY_YIELD | E.STOP_ITERATION, 0)[step % 4])
            M.set_local_events(2, work.__code__, (E.LINE, 0, E.BRANCH_RIGHT | E.JUMP)[step % 3])
            work(9)
            if step % 5 == 0:
                M.restart_events()
            if step % 40 == 0:
                M.clear_tool_id(2)
                for event in (E.LINE, E.CALL, E.INSTRUCTION):
                    M.register_callback(2, event, callback)
        M.free_tool_id(2)
    except BaseException as e:
        failures.append(repr(e))
    counts['monitor'] = seen[0]


threads = [threading.Thread(target=worker) for _ in range(2)]
threads += [threading.Thread(target=tracer_thread, args=(f'tracer {i}',)) for i in range(2)]
threads += [threading.Thread(target=f) for f in (profiler_thread, monitor_thread)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not failures, failures[:5]
assert len(counts) == 4 and all(n > 100 for n in counts.values()), counts
assert work(60) == EXPECTED
assert sys.gettrace() is None and M.get_tool(2) is None
