# Threads: their names for the system, what is left of them after join(), and reports without a sys.stderr.
import _thread
import io
import sys
import threading
import weakref


def name_in_thread(name):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(_thread._get_name()), name=name)
    thread.start()
    thread.join()
    return seen[0]


assert _thread._NAME_MAXLEN == 15
for given, kept in {"short": "short", "namé€": "namé€", "null\0rest": "null", "x" * 40: "x" * 15, "x" * 13 + "é": "x" * 13 + "é",
                    "x" * 14 + "é": "x" * 14 + "\udcc3", "lone\udc80": "lone?"}.items():
    assert name_in_thread(given) == kept, (given, name_in_thread(given))
before = _thread._get_name()
_thread.set_name("main")
assert _thread._get_name() == "main"
_thread.set_name(before)


# What a thread has dropped is gone when join() returns.
class Runner:
    def __init__(self):
        self.thread = threading.Thread(target=self.run, args=(self,), kwargs={"other": self})
        self.thread.start()

    def run(self, me, other):
        raise SystemExit


for _ in range(20):
    runner = Runner()
    weak = weakref.ref(runner)
    runner.thread.join()
    del runner
    assert weak() is None


# A thread that fails without a sys.stderr reports to the one that was there when the thread was made.
go = threading.Event()


def fail():
    go.wait()
    1 / 0


report, kept = io.StringIO(), sys.stderr
sys.stderr = report
thread = threading.Thread(target=fail, name="failing")
thread.start()
sys.stderr = None
go.set()
thread.join()
sys.stderr = kept
assert report.getvalue().startswith("Exception in thread failing:\n"), report.getvalue()
