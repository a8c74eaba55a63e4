"""Locks, queues, thread starts and joins, threading.local: what they promise holds exactly.

Uses threading and queue where they can be imported, and _thread always.
"""

import _thread
import gc
import sys
import time


def in_threads(n, function):
    """Runs function(index) in n threads; raises what the first one that failed raised."""
    failures = []
    done = [_thread.allocate_lock() for _ in range(n)]
    for lock in done:
        lock.acquire()

    def run(i):
        try:
            function(i)
        except BaseException as error:
            failures.append(error)
        finally:
            done[i].release()
    for i in range(n):
        _thread.start_new_thread(run, (i,))
    for lock in done:
        lock.acquire()
    if failures:
        raise failures[0]


def locked_counter():
    lock = _thread.allocate_lock()
    count = 0

    def add(_):
        nonlocal count
        for _ in range(2000):
            with lock:
                count += 1
    in_threads(8, add)
    assert count == 16000, count


def recursive_lock():
    lock = _thread.RLock()
    count = 0

    def add(_):
        nonlocal count
        for _ in range(500):
            with lock:
                with lock:
                    before = count
                    lock.acquire()
                    count = before + 1
                    lock.release()
    in_threads(8, add)
    assert count == 4000, count
    try:
        lock.release()
    except RuntimeError:
        pass
    else:
        raise AssertionError("released a lock that nobody had")


def timeouts():
    lock = _thread.allocate_lock()
    lock.acquire()
    begin = time.monotonic()
    assert not lock.acquire(timeout=0.05)
    assert time.monotonic() - begin >= 0.045
    got = []

    def wait(i):
        if lock.acquire(timeout=0.001 * i):
            got.append(i)
            lock.release()
    holder = _thread.allocate_lock()

    def free(_):
        time.sleep(0.01)
        lock.release()
    _thread.start_new_thread(free, (0,))
    in_threads(16, wait)
    assert lock.acquire(timeout=10)
    lock.release()
    assert not holder.locked() and not lock.locked()


def births():
    for _ in range(10):
        results = []
        in_threads(20, lambda i: results.append([i] * 10))
        assert sorted(r[0] for r in results) == list(range(20))


def joinable():
    handles = []
    ran = []
    for i in range(50):
        handles.append(_thread.start_joinable_thread(lambda i=i: ran.append(i)))
    for handle in handles:
        handle.join()
        assert handle.is_done()
    assert sorted(ran) == list(range(50))
    for _ in range(3):
        handle.join()


def joined_by_many():
    gate = _thread.allocate_lock()
    gate.acquire()
    handle = _thread.start_joinable_thread(lambda: gate.acquire())
    joined = []

    def join(i):
        if i % 2:
            handle.join(0.0001)
        else:
            handle.join()
            assert handle.is_done()
            joined.append(i)
        if i == 7:
            gate.release()
    in_threads(8, join)
    assert len(joined) == 4


def locals_of_threads():
    local = _thread._local()
    died = []

    class Owned:
        def __del__(self):
            died.append(1)

    def use(i):
        for n in range(200):
            local.value = (i, n)
            assert local.value == (i, n)
        local.owned = Owned()
        assert set(local.__dict__) == {"value", "owned"}
    in_threads(10, use)
    assert not hasattr(local, "value")
    for _ in range(100):
        if len(died) == 10:
            break
        time.sleep(0.02)
        gc.collect()
    assert len(died) == 10, len(died)


def handover():
    """Objects made in one thread die in another."""
    box = []
    lock = _thread.allocate_lock()
    died = [0]

    class Thing:
        def __init__(self):
            self.data = {"a": [1, 2, 3], "b": (self.__class__,)}

        def __del__(self):
            with lock:
                died[0] += 1

    def work(i):
        for _ in range(500):
            if i % 2:
                box.append(Thing())
            else:
                try:
                    assert box.pop().data["a"] == [1, 2, 3]
                except IndexError:
                    pass
    in_threads(8, work)
    box.clear()
    for _ in range(100):
        if died[0] == 2000:
            break
        gc.collect()
        time.sleep(0.02)
    assert died[0] == 2000, died


def weak_references():
    import _weakref

    class Thing:
        def method(self):
            return 5
    box = [Thing()]
    refs = [_weakref.ref(box[0])]

    def work(i):
        for n in range(500):
            if i == 0:
                box[0] = Thing()
                refs[0] = _weakref.ref(box[0])
            else:
                thing = refs[0]()
                assert thing is None or thing.method() == 5
    in_threads(6, work)


def queues():
    from _queue import SimpleQueue, Empty
    pipes = [SimpleQueue() for _ in range(4)]
    out = SimpleQueue()

    def stage(i):
        while True:
            item = pipes[i].get()
            if i + 1 < len(pipes):
                pipes[i + 1].put(item)
            elif item is not None:
                out.put(item)
            if item is None:
                return

    def feed():
        for n in range(2000):
            pipes[0].put([n])
        pipes[0].put(None)
    in_threads(5, lambda i: feed() if i == 4 else stage(i))
    assert [out.get()[0] for _ in range(2000)] == list(range(2000))
    try:
        out.get(timeout=0.01)
    except Empty:
        pass
    else:
        raise AssertionError("an item too many")
    seen = []
    many = SimpleQueue()

    def consume(i):
        if i < 4:
            for n in range(1000):
                many.put(n)
        else:
            for _ in range(1000):
                seen.append(many.get())
    in_threads(8, consume)
    assert sorted(seen) == sorted(list(range(1000)) * 4)


def with_threading():
    try:
        import queue
        import threading
    except (ImportError, NameError, AttributeError) as error:
        if sys.implementation.name == "cpython":
            raise
        print("threading cannot be imported yet:", error)
        return
    q = queue.Queue(10)
    total = []

    def produce():
        for i in range(300):
            q.put(i)

    def consume():
        while (item := q.get()) is not None:
            total.append(item)
            q.task_done()
        q.task_done()
    producers = [threading.Thread(target=produce) for _ in range(3)]
    consumers = [threading.Thread(target=consume) for _ in range(3)]
    for t in producers + consumers:
        t.start()
    for t in producers:
        t.join()
    for _ in consumers:
        q.put(None)
    for t in consumers:
        t.join()
    q.join()
    assert sorted(total) == sorted(list(range(300)) * 3)
    barrier = threading.Barrier(5)
    event = threading.Event()
    order = []

    def meet():
        for _ in range(20):
            barrier.wait(20)
        event.wait(20)
        order.append(1)
    threads = [threading.Thread(target=meet) for _ in range(5)]
    for t in threads:
        t.start()
    event.set()
    for t in threads:
        t.join()
    assert len(order) == 5 and threading.active_count() == 1


CHECKS = [locked_counter, recursive_lock, timeouts, births, joinable, joined_by_many, locals_of_threads, handover,
          weak_references, queues, with_threading]


def main():
    for check in CHECKS:
        if len(sys.argv) > 1 and check.__name__ not in sys.argv[1:]:
            continue
        begin = time.monotonic()
        check()
        print(f"{check.__name__}: {time.monotonic() - begin:.2f} s", flush=True)
    print("ok")


main()
