#!/usr/bin/env python3
"""Checks that what the documents name exists.

Why: a page that names a file or a function which is gone sends its reader astray, and nobody notices. Whatever stands
in `backticks` in a *.md file is checked if it looks like one of these:
  a path      (src/object/ref.h, tests/python, tools/check_docs.py): must exist in the tree, unless it is a pattern
              with a * or lies in a layer that src/LAYERS names and that isn't written yet
  a symbol    (Locked<T>, Thread::raise, try_share(), kMaxDepth): its last name must occur in the sources
Anything else (options, Python expressions, shell commands) is prose. Blocks fenced by ``` are examples, not checked.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
TOP = {"src", "include", "lib", "tests", "bench", "fuzz", "tools", "cmake", "docs", "examples", ".ci"}
SYMBOL = re.compile(r"^(?:[A-Za-z_]\w*::)+~?[A-Za-z_]\w*(?:<[^>]*>)?(?:\(\))?$"  # a::b, A::b(), a::B<T>
                    r"|^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+(?:<[^>]*>)?$"          # CamelCase
                    r"|^[A-Z][A-Za-z]*<[^>]*>$"                                  # Ref<T>
                    r"|^[a-z]\w*_\w*\(\)$"                                       # try_share()
                    r"|^k[A-Z]\w+$")                                             # kConstant
LAYERS = set(re.findall(r"^([a-z]+)(?=:)", (ROOT / "src/LAYERS").read_text(), re.M))
BUILT = ("build/", "node_modules/")  # what a build makes


def tree():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    return [n for n in listed.stdout.splitlines() if (ROOT / n).is_file()]


def expand(path):
    """`a/{b,c}.h` names two files."""
    m = re.match(r"^(.*)\{([^}]*)\}(.*)$", path)
    return [m[1] + part + m[3] for part in m[2].split(",")] if m else [path]


def is_path(text, beside):
    if " " in text or text.startswith(("-", "/", "~", "$")) or any(c in text for c in "=()[]'\""):
        return False
    head = text.removeprefix("./").split("/")[0]
    return "/" in text and (head in TOP or (beside / head).is_dir()) or re.fullmatch(r"[A-Za-z_]+\.md", text) is not None


def exists(text, beside):
    text = text.removeprefix("./").split(":")[0].rstrip("/")
    parts = text.split("/")
    placeholder = "*" in text or "<" in text or re.search(r"\b[A-Z]{3,}\b(?!\.md$)", text) and text != "src/LAYERS"
    unwritten = parts[0] == "src" and len(parts) > 1 and parts[1] in LAYERS and not (ROOT / "src" / parts[1]).exists()
    if placeholder or unwritten or text.startswith(BUILT):
        return True
    return all((ROOT / p).exists() or (beside / p).exists() for p in expand(text))


def main():
    files, failed = tree(), 0
    words = set()
    for name in files:
        if name.startswith(("src/", "include/", "lib/", "tests/", "fuzz/", "bench/")):
            words.update(re.findall(r"[A-Za-z_]\w*", (ROOT / name).read_text(errors="replace")))
    for name in files:
        if not name.endswith(".md"):
            continue
        path = ROOT / name
        text = FENCE.sub(lambda m: "\n" * m[0].count("\n"), path.read_text())
        for number, line in enumerate(text.splitlines(), 1):
            for target in LINK.findall(line):
                if not (path.parent / target).exists():
                    failed = 1
                    print(f"{name}:{number}: the link to {target} leads nowhere")
            for code in CODE.findall(line):
                if is_path(code, path.parent):
                    if not exists(code, path.parent):
                        failed = 1
                        print(f"{name}:{number}: there is no `{code}`. Name what took its place, or drop the sentence")
                elif SYMBOL.match(code):
                    last = re.sub(r"<.*|\(\)$", "", code).split("::")[-1].lstrip("~")
                    if last not in words:
                        failed = 1
                        print(f"{name}:{number}: no source has `{code}`. Name what took its place, or drop the sentence")
    return failed


if __name__ == "__main__":
    sys.exit(main())
