# Code objects through marshal: everything in them comes back, and damaged octets raise instead of crashing.
import marshal
import types

SOURCE = '''
"""Docs."""
import os.path as p
BIG = 123456789012345678901234567890
def f(a, /, b=1.5, *args, c=(1, 'two', b'3', None, ..., frozenset({1})), **kw):
    "Inner."
    total = 0
    def g(x):
        nonlocal total
        total += x
        return [y for y in range(x) if y in {1, 2, 3}]
    try:
        return [a, b, args, c, sorted(kw), g(4), total, 2j, -0.0, 'sp ace', '\\udc80', '\u00e9\u4e2d', 'abcdef'[1:4]]
    finally:
        g(2)
class C:
    x: int = 1
    def m(self):
        return __class__, super().__repr__
def gen(n):
    while n:
        try:
            got = yield n
        except KeyError as e:
            n = 1
        n -= 1
'''


def nested(code):
    yield code
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            yield from nested(c)


def facts(code):
    return [getattr(code, name) for name in (
        'co_argcount', 'co_posonlyargcount', 'co_kwonlyargcount', 'co_nlocals', 'co_stacksize', 'co_flags', 'co_code',
        'co_names', 'co_varnames', 'co_freevars', 'co_cellvars', 'co_filename', 'co_name', 'co_qualname',
        'co_firstlineno', 'co_linetable', 'co_exceptiontable')] + [list(code.co_lines()), list(code.co_positions())]


code = compile(SOURCE, 'dir/na\xefve.py', 'exec')
octets = marshal.dumps(code)
again = marshal.loads(octets)
assert again == code and again is not code
assert [facts(c) for c in nested(again)] == [facts(c) for c in nested(code)]
assert len(list(nested(code))) >= 7
assert marshal.loads(marshal.dumps([code, {'k': (code,)}]))[1]['k'][0].co_filename == 'dir/na\xefve.py'

names, names2 = {'__name__': 'm'}, {'__name__': 'm'}
exec(code, names)
exec(again, names2)
assert repr(names['f'](1, 2, 3, z=1)) == repr(names2['f'](1, 2, 3, z=1))
assert names2['f'].__doc__ == 'Inner.' and names2['__doc__'] == 'Docs.' and names2['C.m'.split('.')[0]].__qualname__ == 'C'
assert names2['C']().m()[0] is names2['C'] and names2['BIG'] == 123456789012345678901234567890
assert list(names2["gen"](3)) == [3, 2, 1]

# Damage.
short = marshal.dumps(compile('def f(a): return a + 1\nx = f(2)', '<s>', 'exec'))
for n in range(len(short)):
    try:
        marshal.loads(short[:n])
    except (EOFError, ValueError, TypeError):
        pass
    else:
        raise AssertionError(n)

# Replaced constants go with it; odd ones can't.
changed = names['f'].__code__.replace(co_name='other', co_filename='elsewhere')
back = marshal.loads(marshal.dumps(changed))
assert (back.co_name, back.co_filename) == ('other', 'elsewhere')
odd = (lambda: 'const').__code__
odd = odd.replace(co_consts=tuple(object() if c == 'const' else c for c in odd.co_consts))
try:
    marshal.dumps(odd)
except ValueError as e:
    assert 'unmarshallable' in str(e)
else:
    # A constant that isn't among co_consts (CPython may keep small ones elsewhere) leaves nothing odd.
    assert not any(type(c) is object for c in odd.co_consts)

for f in (lambda: marshal.loads(octets, allow_code=False), lambda: marshal.dumps(code, allow_code=False)):
    try:
        f()
    except ValueError as e:
        assert 'disallowed' in str(e)
    else:
        raise AssertionError

# The docstring of a function: taken from its code as long as nobody sets one.
def documented():
    "first"


def other():
    "second"


documented.__code__ = other.__code__
assert documented.__doc__ == 'first'
del other.__doc__
assert other.__doc__ is None
other.__doc__ = 5
assert other.__doc__ == 5

# _imp._fix_co_filename reaches what is inside.
import _imp
code = compile(SOURCE, 'old.py', 'exec')
inner = code.replace(co_consts=code.co_consts)
_imp._fix_co_filename(code, 'new.py')
assert {c.co_filename for c in nested(code)} == {'new.py'}
loaded = marshal.loads(octets)
_imp._fix_co_filename(loaded, 'new.py')
assert {c.co_filename for c in nested(loaded)} == {'new.py'}
for args in ((1, 'x'), (code, 2)):
    try:
        _imp._fix_co_filename(*args)
    except TypeError:
        pass
    else:
        raise AssertionError
