# array.array: typecodes, limits, slices, buffers, pickles, comparison.
import array
import copy
import pickle
from array import array as A


def raises(kind, call, *args, text=None):
    try:
        call(*args)
    except kind as e:
        assert text is None or text in str(e), (text, str(e))
        return
    raise AssertionError(f'{kind} not raised')


for code, size, low, high in ('b', 1, -128, 127), ('B', 1, 0, 255), ('h', 2, -2**15, 2**15 - 1), ('H', 2, 0, 2**16 - 1), \
        ('i', 4, -2**31, 2**31 - 1), ('I', 4, 0, 2**32 - 1), ('l', 8, -2**63, 2**63 - 1), ('L', 8, 0, 2**64 - 1), \
        ('q', 8, -2**63, 2**63 - 1), ('Q', 8, 0, 2**64 - 1):
    a = A(code, [low, high, 1])
    assert a.itemsize == size and a.tolist() == [low, high, 1] and a.typecode == code
    raises(OverflowError, a.append, low - 1)
    raises(OverflowError, a.append, high + 1)
    raises(TypeError, a.append, 1.5)
    for protocol in range(6):
        assert pickle.loads(pickle.dumps(a, protocol)) == a
    assert A(code, a.tobytes()) == a == copy.copy(a) == copy.deepcopy(a)
    assert memoryview(a).format == code and memoryview(a).tolist() == a.tolist()
assert A('d', [1, 2.5]) == A('f', [1, 2.5]) and A('d', [1]) < A('i', [2]) and A('i', [1]) < A('i', [1, 0])
assert A('w', 'aé😀').tounicode() == 'aé😀' and repr(A('w', 'xy')) == "array('w', 'xy')" and repr(A('i')) == "array('i')"
raises(ValueError, A, 'x')
raises(TypeError, A, 'i', 'text')
raises(ValueError, A, 'i', b'abc', )

a = A('i', range(10))
assert a[2:5] == A('i', [2, 3, 4]) and a[::-3] == A('i', [9, 6, 3, 0]) and a[-1] == 9
a[2:4] = A('i', [7, 7, 7])
assert a.tolist() == [0, 1, 7, 7, 7, 4, 5, 6, 7, 8, 9]
del a[::2]
assert a.tolist() == [1, 7, 4, 6, 8]
a[::2] = A('i', [0, 0, 0])
assert a.tolist() == [0, 7, 0, 6, 0]
a[1:1] = a
assert a.tolist() == [0, 0, 7, 0, 6, 0, 7, 0, 6, 0]
raises(ValueError, a.__setitem__, slice(0, 4, 2), A('i', [1]))
raises(TypeError, a.__setitem__, slice(0, 1), [1])
raises(IndexError, a.__getitem__, 10)
raises(TypeError, a.__getitem__, 'x', text='array indices must be integers')
a = A('b', [1, 2, 3])
a.extend(a)
a *= 2
assert len(a) == 12 and a.count(2) == 4 and a.index(3) == 2 and a.index(1, 1) == 3 and 5 not in a
a.remove(1)
assert a.pop() == 3 and a.pop(0) == 2 and (a + a)[:2] == A('b', [3, 1])
a.insert(-100, 9)
a.reverse()
assert a[-1] == 9
a = A('H', [1, 2])
a.byteswap()
assert a.tolist() == [256, 512]
raises(OverflowError, A('i').fromlist, [1, 2**40])
assert array._array_reconstructor(A, 'i', 9, b'\0\0\0\1').tolist() == [1]

# While a buffer is out, the items stay where they are.
a = A('i', [1, 2, 3])
with memoryview(a) as m:
    for change in (lambda: a.append(4)), (lambda: a.pop()), (lambda: a.clear()), (lambda: a.extend([1])), (lambda: a.__delitem__(0)):
        raises(BufferError, change)
    m[0] = 5
    a[1] = 6
    assert a.tolist() == [5, 6, 3] and m.tolist() == [5, 6, 3]
a.append(4)
it = iter(a)
assert list(it) == [5, 6, 3, 4] and list(it) == []
