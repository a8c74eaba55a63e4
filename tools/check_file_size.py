#!/usr/bin/env python3
"""No file of ours is longer than 1,000 lines; most should have 100 to 400.

Why: a file is one concept, read in one sitting and compiled by itself. Longer ones hold two.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 1000
SUFFIXES = {".cpp", ".h", ".inc", ".def", ".py", ".cmake", ".sh", ".md", ".txt", ""}
NOT_CODE = ("tests/cpython/expected_failures/", "fuzz/corpus/")  # lists, as long as they must be


def main():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    failed = 0
    for name in sorted(listed.stdout.splitlines()):
        path = ROOT / name
        if path.suffix not in SUFFIXES or name.startswith(NOT_CODE) or not path.is_file():
            continue
        lines = path.read_bytes().count(b"\n")
        if lines > LIMIT:
            failed = 1
            print(f"{name}: {lines} lines. Split it along its concepts, each with a file named after it")
    return failed


if __name__ == "__main__":
    sys.exit(main())
