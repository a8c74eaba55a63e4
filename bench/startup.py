#!/usr/bin/env python3
"""Measures how long interpreters take to start and end, and how much memory that takes, side by side in one run.

usage: startup.py --python BIN [--peer BIN...] [--rounds N]

Starts BIN and each peer in turn with the same options, round after round, so that whatever else the machine does meets
all of them alike; one start of each before that warms caches up. Time is elapsed and processor time, the median of the
rounds; memory is the peak of the resident set, which a second run reads out of /proc/self/status (what wait4 gives is never
less than the size of the process that started it). A ratio says how many times the peer's figure ours is: less
than 1 is better. Without --peer it takes a python3.14 that is on the PATH or in ~/.cache/peers/bin, if any.
"""
import argparse
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import time

CASES = [["-I", "-S", "-c", "pass"], ["-S", "-c", "pass"], ["-c", "pass"], ["-c", "import json, re, typing"]]
STATUS = "; import posix; posix.write(1, posix.read(posix.open('/proc/self/status', 0), 4096))"
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
METRICS = ["elapsed ms", "processor ms", "peak MB"]


def default_peers():
    found = shutil.which("python3.14") or shutil.which(os.path.expanduser("~/.cache/peers/bin/python3.14"))
    return [found] if found else []


def start(python, arguments):
    """Elapsed and processor milliseconds, peak megabytes."""
    begin = time.perf_counter()
    pid = os.posix_spawn(python, [python, *arguments], CLEAN)
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter() - begin
    if status:
        sys.exit(f"{python} {' '.join(arguments)} ends with status {os.waitstatus_to_exitcode(status)}")
    text = subprocess.run([python, *arguments[:-1], arguments[-1] + STATUS], capture_output=True, text=True, check=True,
                          env=CLEAN).stdout
    return elapsed * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, int(re.search(r"VmHWM:\s*(\d+) kB", text)[1]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    parser.add_argument("--peer", nargs="+", action="extend", default=[])
    parser.add_argument("--rounds", type=int, default=25)
    args = parser.parse_args()
    pythons = []
    for name in [args.python, *(args.peer or default_peers())]:
        path = shutil.which(name)
        if not path:
            parser.error(f"no interpreter {name}")
        pythons.append(path)
    ours, peers = pythons[0], pythons[1:]
    print(f"{'':30}{'':14}" + "".join(f"{os.path.basename(p):>14}" for p in pythons) +
          "".join(f"{'/ ' + os.path.basename(p):>14}" for p in peers))
    for arguments in CASES:
        case = shlex.join(arguments)
        figures = {p: [] for p in pythons}
        for p in pythons:
            start(p, arguments)
        for r in range(args.rounds):
            turn = r % len(pythons)
            for p in pythons[turn:] + pythons[:turn]:
                figures[p].append(start(p, arguments))
        for i, metric in enumerate(METRICS):
            medians = {p: statistics.median(f[i] for f in figures[p]) for p in pythons}
            print(f"{case if i == 0 else '':30}{metric:>14}" + "".join(f"{medians[p]:14.1f}" for p in pythons) +
                  "".join(f"{medians[ours] / medians[p]:14.2f}" for p in peers))


if __name__ == "__main__":
    main()
