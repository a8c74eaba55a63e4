# sys.settrace, sys.setprofile and sys.monitoring: which events come, in which order, and what their callbacks may do.
import sys

M = sys.monitoring
E = M.events


def traced(f, *args):
    """(event, line relative to f) of every frame of f."""
    events = []
    first = f.__code__.co_firstlineno

    def trace(frame, event, arg):
        if frame.f_code is not f.__code__:
            return None
        events.append((event, frame.f_lineno - first))
        return trace

    sys.settrace(trace)
    try:
        f(*args)
    except ZeroDivisionError:
        pass
    finally:
        sys.settrace(None)
    return events


def branches(x):
    if x:
        y = 1
    else:
        y = 2
    return y


assert traced(branches, 1) == [('call', 0), ('line', 1), ('line', 2), ('line', 5), ('return', 5)]
assert traced(branches, 0) == [('call', 0), ('line', 1), ('line', 4), ('line', 5), ('return', 5)]


def loop():
    for i in range(2):
        pass
    while i < 3: i += 1


assert traced(loop) == [('call', 0), ('line', 1), ('line', 2), ('line', 1), ('line', 2), ('line', 1), ('line', 3), ('line', 3), ('line', 3),
                        ('return', 3)], traced(loop)


def failing():
    x = 1
    x / 0
    return x


assert traced(failing) == [('call', 0), ('line', 1), ('line', 2), ('exception', 2), ('return', 2)]


def catching():
    try:
        failing()
    except ZeroDivisionError:
        return 1


assert traced(catching) == [('call', 0), ('line', 1), ('line', 2), ('exception', 2), ('line', 3), ('line', 4), ('return', 4)]


def numbers():
    yield 1
    yield 2


def delegating():
    yield from numbers()


def drive():
    for x in numbers():
        pass


events = []
def record(frame, event, arg):
    events.append((frame.f_code.co_name, event, arg if event != 'exception' else arg[0]))
    return record
sys.settrace(record)
drive()
sys.settrace(None)
assert [e for e in events if e[1] != 'line'] == [
    ('drive', 'call', None),
    ('numbers', 'call', None), ('numbers', 'return', 1),
    ('numbers', 'call', None), ('numbers', 'return', 2),
    ('numbers', 'call', None), ('numbers', 'return', None),
    ('drive', 'return', None),
], events

# ---- trace functions: exceptions, f_trace, f_trace_lines, f_trace_opcodes, locals, nesting


def bad(frame, event, arg):
    raise KeyError('from the trace function')


sys.settrace(bad)
try:
    branches(1)
except KeyError as e:
    assert e.args == ('from the trace function',)
else:
    raise AssertionError
assert sys.gettrace() is None

lines = []


def late(frame, event, arg):
    lines.append((event, frame.f_code.co_name))
    frame.f_trace_lines = False
    frame.f_trace = late
    frame.f_trace_lines = False
    frame.f_trace_opcodes = True
    return late


sys.settrace(late)
branches(1)
sys.settrace(None)
names = [event for event, name in lines if name == 'branches']
assert names[0] == 'call' and names[-1] == 'return' and 'line' not in names and names.count('opcode') > 3, names


def writer(frame, event, arg):
    if frame.f_code is branches.__code__ and event == 'line' and frame.f_lineno == branches.__code__.co_firstlineno + 5:
        frame.f_locals['y'] = 'written'
    return writer


sys.settrace(writer)
value = branches(1)
sys.settrace(None)
assert value == 'written', value


def inner():
    return 5


seen = []


def nesting(frame, event, arg):
    seen.append((frame.f_code.co_name, event))
    if event == 'call' and frame.f_code is branches.__code__:
        assert inner() == 5                     # not traced
        assert sys.call_tracing(inner, ()) == 5  # traced
    return None


sys.settrace(nesting)
branches(1)
sys.settrace(None)
assert [s for s in seen if s[0] == 'inner'] == [('inner', 'call')], seen

# ---- jumps


def jumping(source, target, f, event='line'):
    first = f.__code__.co_firstlineno
    result = []
    done = False

    def trace(frame, what, arg):
        nonlocal done
        if frame.f_code is f.__code__ and not done and what == event and frame.f_lineno == first + source:
            done = True
            try:
                frame.f_lineno = first + target
            except ValueError as e:
                result.append(str(e))
        return trace

    sys.settrace(trace)
    try:
        f(result)
    finally:
        sys.settrace(None)
    return result


def straight(out):
    out.append(1)
    out.append(2)
    out.append(3)


assert jumping(2, 3, straight) == [1, 3]
assert jumping(3, 2, straight) == [1, 2, 2, 3]
assert jumping(2, 9, straight)[1] == f'line {straight.__code__.co_firstlineno + 9} comes after the current code block'
assert jumping(2, -9, straight)[1] == f'line {straight.__code__.co_firstlineno - 9} comes before the current code block'
assert jumping(0, 2, straight, 'call')[0] == "can't jump from the 'call' trace event of a new frame"
assert jumping(3, 2, straight, 'return')[3] == "can only jump from a 'line' trace event"


def looping(out):
    for x in (1, 2):
        out.append(x)
    out.append(3)
    try:
        out.append(5)
    except ValueError:
        out.append(7)
    out.append(8)


assert jumping(2, 3, looping) == [3, 5, 8]
assert jumping(3, 2, looping)[2] == "can't jump into the body of a for loop"
assert jumping(3, 5, looping) == [1, 2, 5, 8]
assert jumping(5, 7, looping)[3] == "can't jump into an 'except' block as there's no exception"
try:
    sys._getframe().f_lineno = 1
except ValueError as e:
    assert str(e) == 'f_lineno can only be set in a trace function'

# ---- profiling

events = []


def profile(frame, event, arg):
    events.append((frame.f_code.co_name, event, arg.__name__ if event.startswith('c_') else None))


def calling():
    len('x')
    [].append(1)
    int('3')
    try:
        ord('xx')
    except TypeError:
        pass
    inner()


sys.setprofile(profile)
calling()
sys.setprofile(None)
assert sys.getprofile() is None
assert events[:-1] == [
    ('calling', 'call', None), ('calling', 'c_call', 'len'), ('calling', 'c_return', 'len'), ('calling', 'c_call', 'append'),
    ('calling', 'c_return', 'append'), ('calling', 'c_call', 'ord'), ('calling', 'c_exception', 'ord'), ('inner', 'call', None),
    ('inner', 'return', None), ('calling', 'return', None)], events

# ---- sys.monitoring

M.use_tool_id(1, 'test')
assert M.get_tool(1) == 'test'


def monitored(events, f, *args, local=False, answer=None, code=None):
    got = []
    wanted = code or f.__code__
    names = [n for n in vars(E) if n not in ('NO_EVENTS', 'BRANCH') and getattr(E, n) & events]
    for name in names:
        def callback(code, *rest, name=name):
            if code is wanted:
                got.append((name, rest))
                return answer
        M.register_callback(1, getattr(E, name), callback)
    if local:
        M.set_local_events(1, f.__code__, events)
    else:
        M.set_events(1, events)
    try:
        f(*args)
    except ZeroDivisionError:
        pass
    finally:
        M.set_events(1, 0)
        M.set_local_events(1, f.__code__, 0)
    return got


first = branches.__code__.co_firstlineno
for local in (False, True):
    got = monitored(E.LINE, branches, 1, local=local)
    assert got == [('LINE', (first + n,)) for n in (1, 2, 5)], got
    got = monitored(E.PY_START | E.PY_RETURN, branches, 1, local=local)
    assert [g[0] for g in got] == ['PY_START', 'PY_RETURN'] and got[1][1][1] == 1, got
assert [g[0] for g in monitored(E.RAISE | E.PY_UNWIND | E.EXCEPTION_HANDLED, failing)] == ['RAISE', 'PY_UNWIND']
assert [g[0] for g in monitored(E.RAISE | E.PY_UNWIND | E.EXCEPTION_HANDLED, catching)] == ['RAISE', 'EXCEPTION_HANDLED']
got = monitored(E.CALL | E.C_RETURN | E.C_RAISE, calling)
assert [(g[0], g[1][1].__name__) for g in got] == [
    ('CALL', 'len'), ('C_RETURN', 'len'), ('CALL', 'append'), ('C_RETURN', 'append'), ('CALL', 'int'), ('C_RETURN', 'int'), ('CALL', 'ord'),
    ('C_RAISE', 'ord'), ('CALL', 'inner')], got
assert monitored(E.CALL, calling)[-1][1][2] is M.MISSING
assert [g[0] for g in monitored(E.BRANCH_LEFT | E.BRANCH_RIGHT, branches, 1)] == ['BRANCH_LEFT']
assert [g[0] for g in monitored(E.BRANCH_LEFT | E.BRANCH_RIGHT, branches, 0)] == ['BRANCH_RIGHT']
assert [g[0] for g in monitored(E.STOP_ITERATION, lambda: list(delegating()), code=delegating.__code__)] == ['STOP_ITERATION']
assert len(monitored(E.LINE, loop)) > 5
assert len(monitored(E.LINE, loop, answer=M.DISABLE)) in (3, 4)
M.restart_events()
assert len(monitored(E.LINE, loop)) > 5
M.set_events(1, E.LINE)
hits = []
M.register_callback(1, E.LINE, lambda code, line: hits.append(line) if code is loop.__code__ else None)
loop()
M.register_callback(1, E.LINE, lambda code, line: M.DISABLE)
loop()
M.register_callback(1, E.LINE, lambda code, line: hits.append(line) if code is loop.__code__ else None)
n = len(hits)
loop()
assert len(hits) == n
M.restart_events()
loop()
assert len(hits) > n
M.free_tool_id(1)
assert M.get_tool(1) is None and M._all_events() == {}
