#!/usr/bin/env python3
"""Runs behaviour tests: plain Python programs that must do the same under Orochi and CPython.

usage: behave.py --python BIN [--peer BIN] [--rebaseline] FILE...

A test passes if it exits with 0 and, where a file NAME.out stands beside NAME.py, prints exactly what that holds.
--peer runs each program under another interpreter (CPython 3.14) too and compares with that instead;
--rebaseline then writes what the peer prints into the .out files that exist.
"""
import argparse
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile


def run(python, program, timeout):
    """Returns (exit status, stdout, stderr) of the program, run in an empty folder of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        try:
            p = subprocess.run([python, str(program)], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=timeout)
        except subprocess.TimeoutExpired as e:
            return f"timed out after {timeout:g} s", e.stdout or b"", e.stderr or b""
    return p.returncode, p.stdout, p.stderr


def difference(want, got):
    lines = difflib.unified_diff(want.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines(),
                                 "expected", "printed", lineterm="")
    return "\n".join(list(lines)[:60])


def check(args, program):
    """Returns an explanation of what went wrong, or None."""
    status, out, err = run(args.python, program, args.timeout)
    expected = program.with_suffix(".out")
    want = expected.read_bytes() if expected.exists() else None
    if args.peer:
        peer_status, want, peer_err = run(args.peer, program, args.timeout)
        if peer_status != 0:
            return f"the peer itself fails ({peer_status}):\n{peer_err.decode(errors='replace')}"
        if args.rebaseline and expected.exists():
            expected.write_bytes(want)
    if status != 0:
        return f"exit status {status}\n{out.decode(errors='replace')}{err.decode(errors='replace')}"
    if want is not None and out != want:
        return difference(want, out)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, type=os.path.abspath)
    parser.add_argument("--peer")
    parser.add_argument("--rebaseline", action="store_true")
    parser.add_argument("--timeout", type=float, default=100)
    parser.add_argument("file", nargs="+", type=lambda p: pathlib.Path(p).resolve())
    args = parser.parse_args()
    failures = 0
    for program in args.file:
        problem = check(args, program)
        if problem:
            failures += 1
            print(f"{program.name}: {problem}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
