#!/usr/bin/env python3
"""Holds the includes of src/ to the table src/LAYERS, exactly.

Why: the front end stays testable without the runtime, and nobody reaches up, only while each new dependency is a
line that somebody reads. So an include without an edge fails, and an edge that no include uses fails too.
A folder that doesn't exist yet is skipped, with the edges that lead to it.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
ENTRY = re.compile(r"^([a-z]+(?:/\w+)?)(\(test\))?:(.*)$")


def read_table(problems):
    """Returns {folder or module or 'folder(test)': [folders]} in the order of the file."""
    table = {}
    for number, line in enumerate((SRC / "LAYERS").read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        m = ENTRY.match(line)
        if not m:
            problems.append(f"src/LAYERS:{number}: not a line `folder: folders`")
            continue
        table[m[1] + (m[2] or "")] = [word.lstrip("+") for word in m[3].split()]
    return table


def check_order(table, problems):
    """Layers are stacked: a folder may name only folders that stand above it in the file."""
    seen = set()
    for key, edges in table.items():
        if "/" in key or "(" in key:
            continue
        for edge in edges:
            if edge not in seen:
                problems.append(f"src/LAYERS: {key} names {edge}, which must stand on an earlier line: "
                                "move the line or drop the edge")
        seen.add(key)


def includes(table, problems):
    """Yields (file, folder, module or '', is test, included folder, included path)."""
    for path in sorted(SRC.rglob("*")):
        if path.suffix not in (".h", ".cpp", ".inc", ".def"):
            continue
        parts = path.relative_to(SRC).parts
        if len(parts) < 2 or parts[0] not in table:
            problems.append(f"{path.relative_to(ROOT)}: its folder has no line in src/LAYERS")
            continue
        module = parts[1] if parts[0] == "modules" and len(parts) > 2 else ""
        for target in INCLUDE.findall(path.read_text(errors="replace")):
            if "/" not in target:
                if (path.parent / target).exists():
                    problems.append(f'{path.relative_to(ROOT)}: write "{path.parent.relative_to(SRC)}/{target}", '
                                    f'not "{target}": include paths begin at src/')
                continue  # else a file that the build writes
            folder = target.split("/")[0]
            yield path, parts[0], module, path.name.endswith("_test.cpp"), folder, target


def main():
    problems, used = [], set()
    table = read_table(problems)
    check_order(table, problems)
    for path, folder, module, is_test, target, include in includes(table, problems):
        name = path.relative_to(ROOT)
        if not (SRC / include).exists():
            if target in table:
                problems.append(f"{name}: there is no src/{include}")
            continue
        if module and target == "modules":
            if include.split("/")[1] != module:
                problems.append(f"{name}: native modules don't include each other ({include}): move what both need "
                                "to runtime or types")
            continue
        if target == folder:
            continue
        keys = [folder] + ([f"modules/{module}"] if module else []) + ([f"{folder}(test)"] if is_test else [])
        key = next((k for k in keys if target in table.get(k, ())), None)
        if key is None:
            where = f"modules/{module}: +" if module else f"{folder}(test): +" if is_test else f"{folder}: "
            problems.append(f"{name}: includes {include}, but {folder} may not include {target}. Move the code, call "
                            f"upwards through a slot, or (a decision) add `{where}{target}` to src/LAYERS")
        elif not is_test or "(test)" in key:
            used.add((key, target))
    for key, edges in table.items():
        folder = SRC / key.split("(")[0]
        for edge in edges:
            if folder.exists() and (SRC / edge).exists() and (key, edge) not in used:
                problems.append(f"src/LAYERS: {key} doesn't include {edge}: delete the edge")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
