"""Runs one benchmark program in this interpreter and prints the seconds that it took, start-up not counted.

usage: PYTHON child.py PROGRAM      the last line printed is: WALL CPU
"""
import sys
import time


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as f:
        code = compile(f.read(), path, "exec")
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    wall, cpu = time.perf_counter(), time.process_time()
    exec(code, names)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print("%.6f %.6f" % (wall, cpu))


main()
