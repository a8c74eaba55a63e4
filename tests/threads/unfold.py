# Functions that many threads call for the first time at once: each makes the objects of its code, one of them wins. Others read the
# code's facts meanwhile, replace it, and marshal it.
import marshal
import sys
import threading

THREADS = 8
ROUNDS = 12
FUNCTIONS = 40

SOURCE = "\n".join(f'''
def f{i}(a, b={i}, *args, key="k{i}", **rest):
    "Docs of {i}."
    def inner(x):
        return x + b + {i}, ("t{i}", {i}.5, b"{i}", frozenset({{1, {i}}}))
    try:
        return inner(a)[0] + len(inner(a)[1]) + len(args) + len(rest)
    except TypeError as e:
        return str(e), key
''' for i in range(FUNCTIONS))


def call_all(names, barrier, wrong, number):
    barrier.wait()
    for i in range(FUNCTIONS):
        f = names[f"f{i}"]
        if number % 4 == 3:
            code = f.__code__
            if code.co_varnames[:3] != ("a", "b", "key") or f.__doc__ != f"Docs of {i}." or hash(code) != hash(code.replace()):
                wrong.append((i, code.co_varnames, f.__doc__))
            if marshal.loads(marshal.dumps(code)) != code:
                wrong.append((i, "marshal"))
        got = f(1, other=2)
        if got != 1 + i + i + 4 + 1:
            wrong.append((i, got))
        if f("x", key="z")[1] != "z":
            wrong.append((i, "key"))


def main():
    sys.setswitchinterval(1e-5)
    octets = marshal.dumps(compile(SOURCE, "unfold_source", "exec"))
    for _ in range(ROUNDS):
        names = {}
        exec(marshal.loads(octets), names)
        barrier = threading.Barrier(THREADS)
        wrong = []
        threads = [threading.Thread(target=call_all, args=(names, barrier, wrong, n)) for n in range(THREADS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not wrong, wrong[:5]


main()
