# One array, many threads: no item is torn, and no crash.
import array
import threading

a = array.array('q', [0x0101010101010101] * 100)
allowed = {n * 0x0101010101010101 for n in range(1, 9)}
stop = threading.Event()
failures = []


def step(n, i, value):
    kind = (i + n) % 8
    if kind == 0:
        a.append(value)
    elif kind == 1:
        a[i % 50] = value
    elif kind == 2 and len(a) > 120:
        a.pop()
    elif kind == 3:
        assert set(a[10:40]) <= allowed
    elif kind == 4:
        with memoryview(a) as m:
            m[0] = value
    elif kind == 5:
        a[20:30] = array.array('q', [value] * 10)
    elif kind == 6:
        assert a == a or True
    else:
        assert set(a.tolist()) <= allowed


def work(n):
    try:
        for i in range(3000):
            try:
                step(n, i, n * 0x0101010101010101)
            except BufferError:     # another thread looks at the array's memory
                pass
    except Exception as e:
        failures.append(e)


threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not failures, failures
