# What only __main__ holds is finalised at the end, when all its names are still there.
import _thread
import gc
import sys
import threading

main_thread = threading.current_thread()
local = threading.local()
local.value = "value"
_private = "private"


class Last:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(self.name, local.value, _private, threading.current_thread() is main_thread,
              threading.enumerate() == [main_thread], sorted(n for n in globals() if len(n) == 1))
        try:
            _thread.start_new_thread(print, ("never",))
        except PythonFinalizationError as e:
            print(e)


class Cycle(Last):
    def __init__(self):
        super().__init__("cycle")
        self.me = self
        self.thread = threading.Thread(target=int, daemon=True)
        self.thread.start()
        self.thread.join()

    def __del__(self):
        super().__del__()
        self.thread.join()
        print(self.thread.is_alive())


gc.disable()
a = Last("a")
b = Cycle()
sys.last_exc = ValueError()


# A report of what nobody can catch shows where the program is, if the exception doesn't.
def hook(report):
    print(report.err_msg.split(" generator")[0], report.exc_type.__name__, report.exc_traceback.tb_frame.f_code.co_name)


def stubborn():
    try:
        yield
    except GeneratorExit:
        yield


def drop():
    g = stubborn()
    next(g)
    del g


sys.unraisablehook = hook
drop()
sys.unraisablehook = sys.__unraisablehook__
print("end")
