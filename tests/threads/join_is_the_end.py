"""After join() nothing is left of a thread: forking is as safe as if it had never been, and its objects are gone."""
import os
import threading
import warnings
import weakref

warnings.simplefilter("error")


class Thing:
    pass


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


local = threading.local()
seen = []


def work():
    local.thing = Thing()
    seen.append(weakref.ref(local.thing))


for n in range(30):
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    # Two join the same thread at once.
    other = threading.Thread(target=threads[0].join)
    other.start()
    for thread in threads:
        thread.join()
    other.join()
    fork()
assert [r for r in seen if r() is not None] == []


# A thread that was never joined, one that outlives its handle, one that joins in a child of fork.
def nothing():
    pass


for _ in range(50):
    threading.Thread(target=nothing).start()
release = threading.Event()
waiting = threading.Thread(target=release.wait)
waiting.start()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    child = os.fork()
if child == 0:
    waiting.join()
    del waiting
    inner = threading.Thread(target=nothing)
    inner.start()
    inner.join()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
release.set()
waiting.join()
print("ok")
