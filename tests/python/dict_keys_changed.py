"""An iterator over a dict notices other keys of the same number, also while other threads run."""
import threading


def changed():
    d = dict.fromkeys(range(10))
    for i in range(7):
        del d[i]
    iterators = reversed(d), reversed(d.keys()), reversed(d.values()), reversed(d.items())
    for it in iterators:
        next(it)
    d.clear()
    d.update(dict.fromkeys(range(10)))
    for i in range(3, 10):
        del d[i]
    for it in iterators:
        try:
            list(it)
        except RuntimeError as error:
            assert "keys changed" in str(error), error
        else:
            raise AssertionError("not noticed")


changed()
stop = threading.Event()
other = threading.Thread(target=stop.wait)
other.start()
try:
    changed()
finally:
    stop.set()
    other.join()
