#!/usr/bin/env python3
"""Reference counts change in one place only.

Why: with threads a missed or doubled count is a crash far away from its cause. All other code holds Ref, Borrowed,
Member and Result, which cannot miscount.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Where counts may be changed by hand: in the types that own a count, and the containers and instances made of bare words.
# src/vm counts registers, whose rules are those of vm/registers.h. The single files hand counts over to C structures
# (a thread's start, a queue's ring); they may only become fewer.
ALLOWED = ("src/object/", "src/memory/", "src/capi/", "src/jit/", "src/vm/", "src/modules/_queue/_queue.cpp",
           "src/modules/_thread/_thread.cpp", "src/runtime/sys.cpp", "src/runtime/thread_life.cpp")
# What changes a count.
RAW = (
    re.compile(r"\bdetail::(?:try_)?(?:inc|dec)ref\w*\s*\("),
    re.compile(r"\b(?:local|shared)_(?:count|refs)_?\.(?:fetch_add|fetch_sub|store|compare_exchange\w*)\b"),
    re.compile(r"(?:\+\+|--)\s*\w*(?:->|\.)?(?:local|shared)_count_?\b|\b(?:local|shared)_count_?\s*(?:\+\+|--|[-+]=)"),
)
COMMENT = re.compile(r"//.*")


def main():
    failed = 0
    for path in sorted((ROOT / "src").rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in (".h", ".cpp") or name.startswith(ALLOWED):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if any(r.search(COMMENT.sub("", line)) for r in RAW):
                failed = 1
                print(f"{name}:{number}: changes a reference count by hand. Use Ref<T>::adopt, .share() or Member<T> "
                      f"of src/object/ref.h\n    {line.strip()}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
