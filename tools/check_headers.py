#!/usr/bin/env python3
"""Compiles each header of src/ and include/ by itself.

Why: a header that leans on what stood before it breaks whoever includes it next. With `--full` every header is
compiled; otherwise only those that changed, or whose includes changed, since they last passed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build/headers.json"
COMPILER = ["clang++-19", "-std=c++23", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-fsyntax-only",
            "-D_GNU_SOURCE", "-DORO_DEBUG=1", f"-I{ROOT}/src", f"-I{ROOT}/build/dev/generated", "-fno-caret-diagnostics",
            "-x", "c++", "-"]
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.M)
# A header that is a fragment of another by design says so in a comment.
FRAGMENT = b"// Not self-contained:"


def fingerprint(path, seen):
    """A hash over the text of a header and of all our headers that it includes."""
    if path in seen:
        return b""
    seen.add(path)
    text = path.read_bytes()
    h = hashlib.sha256(text)
    for name in INCLUDE.findall(text):
        target = ROOT / "src" / name.decode()
        if target.exists():
            h.update(fingerprint(target, seen))
    return h.digest()


def compile_alone(path):
    p = subprocess.run(COMPILER, input=f'#include "{path}"\n', capture_output=True, text=True)
    return path, p.returncode, "\n".join(p.stderr.splitlines()[:8])


def main():
    full = "--full" in sys.argv[1:]
    old = json.loads(CACHE.read_text()) if CACHE.exists() and not full else {}
    new, todo, failed = {}, [], 0
    # src/vm/ops are pieces of one file, vm/interpreter.cpp.
    headers = sorted(h for h in [*(ROOT / "src").rglob("*.h"), *(ROOT / "include").rglob("*.h")]
                     if "src/vm/ops/" not in str(h))
    for path in headers:
        if FRAGMENT in path.read_bytes():
            continue
        name = path.relative_to(ROOT).as_posix()
        mark = fingerprint(path, set()).hex()
        if old.get(name) == mark:
            new[name] = mark
        else:
            todo.append((path, name, mark))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        marks = {path: (name, mark) for path, name, mark in todo}
        for path, status, errors in pool.map(compile_alone, marks):
            name, mark = marks[path]
            if status == 0 and "warning:" not in errors:
                new[name] = mark
            else:
                failed = 1
                print(f"{name}: doesn't compile by itself. Include what it uses, or begin it with a comment "
                      f"`{FRAGMENT.decode()} why`\n{errors}")
    CACHE.parent.mkdir(exist_ok=True)
    CACHE.write_text(json.dumps(new, indent=0))
    return failed


if __name__ == "__main__":
    sys.exit(main())
