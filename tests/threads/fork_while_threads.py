"""os.fork() while other threads use everything: the child can go on with what it inherited, start threads and collect garbage."""

import gc
import os
import signal
import sys
import threading
import time
import warnings
import weakref

from racing import Token

warnings.simplefilter("ignore", DeprecationWarning)     # this process is multi-threaded

shared_list = [Token(i) for i in range(50)]
shared_dict = {i: Token(i) for i in range(50)}
shared_set = set(range(50))
extended = []
lock = threading.Lock()


class Node:
    pass


node = Node()


def busy(stop):
    i = 0
    while not stop:
        i = (i + 1) % 50
        shared_list[i] = Token(i)
        shared_dict[i] = shared_dict.pop(49 - i, None) or Token(i)
        shared_set.add(i), shared_set.discard(i + 1)
        extended.extend(shared_list)
        extended[:] = extended[:30] + shared_list
        setattr(node, f"name{i}", Token(i))
        weakref.ref(shared_list[i])
        cycle = [Node()]
        cycle[0].me = cycle
        with lock:
            pass
        if i == 25:
            gc.collect()
        str(i).encode()


def child():
    """Runs in the child; what it returns is its exit status."""
    assert threading.active_count() == 1
    for token in list(shared_list) + list(extended):
        token.verify()
    shared_list.append(Token(1))
    shared_dict[1000] = Token(1)
    shared_set.add(1000)
    extended.extend(shared_list)
    node.child = Token(2)
    results = []
    thread = threading.Thread(target=lambda: results.append(sum(range(100))))
    thread.start()
    thread.join()
    assert results == [4950]
    cycle = Node()
    cycle.me = cycle
    reference = weakref.ref(cycle)
    del cycle
    gc.collect()
    assert reference() is None
    return 0


def main():
    stop = []
    threads = [threading.Thread(target=busy, args=(stop,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            pid = os.fork()
            if pid == 0:
                status = 1
                try:
                    signal.alarm(30)
                    status = child()
                except BaseException as error:
                    print("child:", type(error).__name__, error, "line", error.__traceback__.tb_next and error.__traceback__.tb_next.tb_lineno,
                          file=sys.stderr, flush=True)
                finally:
                    os._exit(status)
            _, status = os.waitpid(pid, 0)
            assert status == 0, f"the child ended with {status}"
            time.sleep(0.005)
    finally:
        stop.append(1)
        for thread in threads:
            thread.join()
    print("ok")


main()
