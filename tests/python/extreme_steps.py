"""Slices with the largest steps, and the longest time-outs."""

import queue
import sys
import threading

for step in (sys.maxsize, -sys.maxsize, sys.maxsize - 1, 2**100, -2**100, -sys.maxsize - 1):
    for make in (list, tuple, bytes, bytearray, lambda r: "".join(map(chr, r)), lambda r: memoryview(bytes(r))):
        whole = make(range(65, 75))
        for start in (None, 0, 3, 9, 20, -1):
            part = whole[start::step]
            indexes = range(10)[start::step]
            assert len(part) == len(indexes), (whole, start, step)
            assert [part[i] for i in range(len(part))] == [whole[i] for i in indexes]
    items = list(range(10))
    items[3::step] = ["x"] * len(range(10)[3::step])
    assert items[3] == "x" and items.count("x") == 1
    try:
        items[3::step] = [1, 2]
    except ValueError as error:
        assert "attempt to assign sequence of size 2 to extended slice of size 1" == str(error), error
    else:
        raise AssertionError
    del items[3::step]
    assert items == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    data = bytearray(b"abcdef")
    data[2::step] = b"X"
    assert data == b"abXdef"
    del data[2::step]
    assert data == b"abdef"
    empty = []
    empty[::step] = []
    assert empty == [][::step] == []

lock = threading.Lock()
assert lock.acquire(timeout=threading.TIMEOUT_MAX)
lock.release()
lock.acquire()
threading.Timer(0.05, lock.release).start()
assert lock.acquire(timeout=threading.TIMEOUT_MAX)
q = queue.SimpleQueue()
threading.Timer(0.05, q.put, (5,)).start()
assert q.get(timeout=threading.TIMEOUT_MAX) == 5
print("ok")
