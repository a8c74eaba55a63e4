#!/usr/bin/env python3
"""Finds mutable global and static variables.

Why: what every thread can write is shared state that no lock guards and no interpreter owns, and several interpreters
could not run in one process. State belongs in Thread, Interpreter or a module's state struct.
The exceptions stand in tools/globals_allowed.txt, one line `path name: reason` each (`inline name: reason` for a
variable that a header defines); a line that is no longer needed fails too.

It asks the compiler's own output, not the text: each variable in the writable sections of the object files of the
dev preset. Without such a build it has nothing to check and is skipped (exit status 77).
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OBJECTS = ROOT / "build/dev/CMakeFiles"
ALLOWED = ROOT / "tools/globals_allowed.txt"
# A symbol in a writable section. .data.rel.ro is not one: only the dynamic linker writes it, before main.
SYMBOL = re.compile(r"^[0-9a-f]{16}\s(.{7})\s(\.(?:data|bss|tdata|tbss)\S*)\s+[0-9a-f]+\s+(?:\.hidden\s+)?(.+)$")
# What the compiler and the sanitizers write for themselves.
NOT_OURS = re.compile(r"^(\.|vtable|VTT|typeinfo|guard variable|__|DW\.ref|llvm)")
TYPE_OBJECT = re.compile(r"(?:^|::)(?:\w+_type_?|exc::\w+)$")


def read_allowed():
    allowed = {}
    for line in ALLOWED.read_text().splitlines() if ALLOWED.exists() else []:
        line = line.split("#")[0].strip()
        if line:
            where, _, reason = line.rpartition(": ")
            path, _, name = where.partition(" ")
            allowed[path, name.strip()] = reason
    return allowed


def globals_of(objects):
    """Yields (source path, variable) for each writable variable of the object files."""
    dump = subprocess.run(["objdump", "-t", "-C", *map(str, objects)], capture_output=True, text=True)
    source = ""
    for line in dump.stdout.splitlines():
        if ":     file format" in line:
            full = line.split(":     file format")[0]
            source = re.sub(r"^.*?\.dir/", "", full).removesuffix(".o")
            continue
        m = SYMBOL.match(line)
        if not m or m[2].startswith(".data.rel.ro") or NOT_OURS.match(m[3]):
            continue
        if "O" not in m[1] and not m[2].startswith(".t"):  # thread-local variables aren't marked as objects
            continue
        # Objects of ORO_TYPE: what is shared in them is atomic or behind the type lock (object/type.h).
        if TYPE_OBJECT.search(m[3].strip()):
            continue
        # weak (w) or unique (u): an inline variable, which every file that includes its header has
        name = m[3].strip()
        if split := re.match(r"_ZN3oro12_GLOBAL__N_1\d+(\w+)E\.\d+$", name):  # an atomic that the compiler has split
            name = f"oro::(anonymous namespace)::{split[1]}"
        yield ("inline" if m[1][1] == "w" or m[1][0] == "u" else source), name


def main():
    objects = [o for o in OBJECTS.rglob("src/**/*.o") if not o.name.endswith("_test.cpp.o")
               and (ROOT / re.sub(r"^.*?\.dir/", "", str(o)).removesuffix(".o")).exists()]
    if not objects:
        print("no object files in build/dev: run `./x build dev` first")
        return 77
    allowed, used, failed = read_allowed(), set(), 0
    for source, name in sorted(set(globals_of(objects))):
        if (source, name) in allowed:
            used.add((source, name))
            continue
        failed = 1
        print(f"{source}: mutable global `{name}`. Make it constexpr or constinit const, put it into Thread, Interpreter "
              f"or the module's state, or (a decision) add `{source} {name}: REASON` to tools/globals_allowed.txt")
    for path, name in sorted(set(allowed) - used):
        failed = 1
        print(f"tools/globals_allowed.txt: `{path} {name}` is not needed any more: delete the line")
    return failed


if __name__ == "__main__":
    sys.exit(main())
