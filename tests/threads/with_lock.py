# `with` on a Lock, which the interpreter takes by itself: free, waited for, released inside, left by an exception.
import threading


def with_statements():
    lock = threading.Lock()
    counts = [0]

    def work():
        for i in range(2000):
            with lock as entered:
                assert entered is True and lock.locked()
                counts[0] += 1
            try:
                with lock:
                    if i % 3 == 0:
                        raise KeyError(i)
                    counts[0] += 1
            except KeyError:
                pass            # not under the lock any more
    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not lock.locked() and counts[0] == 4 * (2000 + 2000 - 667), counts
    try:
        with lock:
            lock.release()
    except RuntimeError as e:
        assert str(e) == "release unlocked lock"
    else:
        raise AssertionError("released twice")
    for _ in range(3):
        with lock:
            pass
    assert not lock.locked()


with_statements()
