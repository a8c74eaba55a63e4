"""Items that one thread makes, others copy between two lists and drop, so that most references are given back by another thread than
took them; the collector compares counts with references meanwhile (debug builds check each one)."""
import gc
import sys
import threading
import time

from racing import Token

THREADS = 6
SECONDS = 3.0

items = [Token(i) for i in range(50)]
copies = []


def work(end, i):
    n = 0
    while time.monotonic() < end:
        n = (n + 1) % 50
        items[n] = Token(n)
        copies.extend(items)
        copies[:] = copies[:30] + items
        if n == i * 8:
            gc.collect()
        if n % 10 == 0:
            for token in list(copies):
                token.verify()


sys.setswitchinterval(1e-5)
end = time.monotonic() + SECONDS
threads = [threading.Thread(target=work, args=(end, i)) for i in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for token in items + copies:
    token.verify()
print("ok")
