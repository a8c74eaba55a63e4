#!/usr/bin/env python3
"""Measures interpreters side by side, in one run.

usage: run.py --python BIN [NAME...] [--peer BIN...] [--rounds N] [--cpu]

Runs each bench/micro/NAME.py (all, without NAME) with BIN and with each peer in turn, round after round, so that
whatever else the machine does meets all of them alike. A time is the least of the rounds; a ratio says how many times
as fast as the peer BIN is. Without --peer it takes a python3.14 that is on the PATH or in ~/.cache/peers/bin, if any.
A program prints what it computed: interpreters that disagree are reported, and not compared.
"""
import argparse
import math
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BAR = 40


def default_peers():
    found = shutil.which("python3.14") or shutil.which(os.path.expanduser("~/.cache/peers/bin/python3.14"))
    return [found] if found else []


class Results:
    """The best times and the output of each (program, interpreter)."""

    def __init__(self):
        self.best, self.output, self.problem = {}, {}, {}

    def measure(self, program, python, cpu):
        key = program.stem, python
        if key in self.problem:
            return
        try:
            p = subprocess.run([python, str(HERE / "child.py"), str(program)], stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            self.problem[key] = "took more than 120 s"
            return
        if p.returncode != 0:
            self.problem[key] = (p.stderr.strip().splitlines() or [f"exit status {p.returncode}"])[-1][:100]
            return
        *output, times = p.stdout.splitlines()
        seconds = float(times.split()[1 if cpu else 0])
        self.best[key] = min(seconds, self.best.get(key, math.inf))
        self.output[key] = output


def ratio_of(results, name, ours, peer):
    """How many times as fast as the peer we are; None if that can't be said."""
    a, b = (name, ours), (name, peer)
    if a in results.problem or b in results.problem or results.output[a] != results.output[b]:
        return None
    return results.best[b] / results.best[a]


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def bar(ratio, longest):
    """A bar on a logarithmic scale; the | marks 1.0, where both are as fast."""
    middle = BAR // 2
    reach = round(min(abs(math.log(ratio)) / longest, 1) * middle)
    left, right = (" " * middle, "#" * reach) if ratio >= 1 else (" " * (middle - reach) + "#" * reach, "")
    return left + "|" + right


def report(results, names, ours, peers, labels):
    width = max(map(len, [*names, "geometric mean"]))
    column = max(9, *(len(labels[p]) + 1 for p in [ours, *peers]))
    print(" " * width, *(labels[p].rjust(column) for p in [ours, *peers]), " seconds, least of the rounds")
    bad = 0
    for name in names:
        cells = []
        for python in [ours, *peers]:
            key = name, python
            cells.append("fails" if key in results.problem else f"{results.best[key]:.3f}")
        print(name.ljust(width), *(c.rjust(column) for c in cells))
    for (name, python), why in sorted(results.problem.items()):
        print(f"! {name} fails on {labels[python]}: {why}")
        bad += python == ours
    for peer in peers:
        ratios = {name: ratio_of(results, name, ours, peer) for name in names}
        known = [r for r in ratios.values() if r is not None]
        longest = max([math.log(2), *(abs(math.log(r)) for r in known)])
        if not known and not any(results.output.get((n, ours)) and results.output.get((n, peer)) for n in names):
            continue
        print(f"\n{labels[ours]} is so many times as fast as {labels[peer]}:")
        for name, ratio in ratios.items():
            if ratio is not None:
                print(f"{name.ljust(width)} {ratio:6.2f}  {bar(ratio, longest)}")
            elif (name, ours) not in results.problem and (name, peer) not in results.problem:
                bad += 1
                print(f"{name.ljust(width)}         they disagree: {results.output[name, ours]} and "
                      f"{results.output[name, peer]}")
        if known:
            print(f"{'geometric mean'.ljust(width)} {geometric_mean(known):6.2f}  {bar(geometric_mean(known), longest)}")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    parser.add_argument("--peer", nargs="+", action="extend", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", action="store_true", help="processor time instead of elapsed time")
    parser.add_argument("name", nargs="*")
    args = parser.parse_args()
    programs = sorted((HERE / "micro").glob("*.py"))
    unknown = set(args.name) - {p.stem for p in programs}
    if unknown:
        parser.error(f"no such program: {' '.join(sorted(unknown))}; there are {' '.join(p.stem for p in programs)}")
    programs = [p for p in programs if not args.name or p.stem in args.name]
    ours, peers = args.python, args.peer or default_peers()
    for python in [ours, *peers]:
        if not shutil.which(python):
            parser.error(f"no interpreter {python}")
    labels = {p: os.path.basename(p) for p in [ours, *peers]}
    if len(set(labels.values())) < len(labels):
        labels = {p: p for p in labels}
    results = Results()
    for r in range(args.rounds):
        for program in programs:
            order = [ours, *peers]
            for python in order[r % len(order):] + order[:r % len(order)]:
                results.measure(program, python, args.cpu)
        if sys.stderr.isatty():
            print(f"\rround {r + 1} of {args.rounds}", end="\n" if r + 1 == args.rounds else "", file=sys.stderr)
    return report(results, [p.stem for p in programs], ours, peers, labels)


if __name__ == "__main__":
    sys.exit(main())
