#!/usr/bin/env python3
"""Tests of the checks: each must pass a small tree that is right, and name the fault in one that isn't."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
LAYERS = "base:\nobject: base\nmodules: object\nobject(test): +modules\nmodules/a: +base\n"
RIGHT = {
    "src/LAYERS": LAYERS,
    "src/base/bits.h": "#pragma once\ninline int two() { return 2; }\n",
    "src/object/ref.h": '#pragma once\n#include "base/bits.h"\nvoid f() { detail::incref(o); }\n',
    "src/object/ref_test.cpp": '#include "object/ref.h"\n#include "modules/a/a.h"\n',
    "src/modules/a/a.h": '#pragma once\n#include "object/ref.h"\n#include "base/bits.h"\n#include "opcodes.inc"\n',
    "README.md": "See `src/base/bits.h`, `two()`, [it](src/LAYERS), `src/modules/NAME`, `len(x)`.\n",
}


class LintTest(unittest.TestCase):
    def check(self, script, changes):
        """Runs a check on the right tree with some files changed; returns (exit status, what it printed)."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "tools").mkdir()
            shutil.copy(TOOLS / script, root / "tools")
            for name, text in {**RIGHT, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            subprocess.run(["git", "init", "-q", folder], check=True)
            p = subprocess.run([sys.executable, str(root / "tools" / script)], capture_output=True, text=True)
            self.assertEqual(p.stderr, "")
            return p.returncode, p.stdout

    def passes(self, script, changes=None):
        self.assertEqual(self.check(script, changes or {}), (0, ""))

    def fails(self, script, changes, *words):
        status, out = self.check(script, changes)
        self.assertEqual(status, 1)
        for word in words:
            self.assertIn(word, out)

    def test_layers(self):
        script = "check_layers.py"
        self.passes(script)
        self.passes(script, {"src/LAYERS": LAYERS + "vm: object\n"})  # not written yet
        self.fails(script, {"src/base/up.h": '#include "object/ref.h"\n'}, "src/base/up.h", "may not include object")
        self.fails(script, {"src/modules/b/b.h": '#include "base/bits.h"\n'}, "modules/b: +base")
        self.fails(script, {"src/modules/b/b.h": '#include "modules/a/a.h"\n'}, "native modules")
        self.fails(script, {"src/modules/a/a.h": '#include "object/ref.h"\n'}, "modules/a doesn't include base")
        self.fails(script, {"src/object/ref_test.cpp": ""}, "object(test) doesn't include modules")
        self.fails(script, {"src/object/x.h": '#include "ref.h"\n'}, 'write "object/ref.h"')
        self.fails(script, {"src/object/x.h": '#include "base/gone.h"\n'}, "there is no src/base/gone.h")
        self.fails(script, {"src/LAYERS": LAYERS.replace("base:\n", "") + "base:\n"}, "earlier line")
        self.fails(script, {"src/new/x.h": ""}, "no line in src/LAYERS")

    def test_refcounts(self):
        script = "check_refcounts.py"
        self.passes(script, {"src/runtime/x.h": "// detail::incref(o)\n"})
        for line in ("detail::decref(o);", "detail::try_incref(o);", "++o->local_count;", "shared_count.fetch_add(1);"):
            self.fails(script, {"src/runtime/x.h": line + "\n"}, "src/runtime/x.h:1")

    def test_file_size(self):
        self.passes("check_file_size.py", {"src/base/x.h": "\n" * 1000})
        self.fails("check_file_size.py", {"src/base/x.h": "\n" * 1001}, "src/base/x.h: 1001 lines")

    def test_docs(self):
        script = "check_docs.py"
        self.passes(script, {"docs/a.md": "[b](b.md)\n```\nsrc/gone.h `Gone::here`\n```\n", "docs/b.md": ""})
        self.fails(script, {"docs/a.md": "`src/base/gone.h`\n"}, "docs/a.md:1", "src/base/gone.h")
        self.fails(script, {"docs/a.md": "\n`Gone::three()`\n"}, "docs/a.md:2", "Gone::three()")
        self.fails(script, {"docs/a.md": "[x](gone.md)\n"}, "gone.md leads nowhere")


class GlobalsTest(unittest.TestCase):
    SOURCE = """
        #include <atomic>
        inline std::atomic<int> shared{0};
        static long hidden;
        thread_local int per_thread;
        extern const char* const kNames[];
        const char* const kNames[] = {"x"};
        int bump() { static int calls; return ++calls + ++hidden + shared++ + ++per_thread + kNames[0][0]; }
    """

    def test_finds_writable_variables_only(self):
        sys.path.insert(0, str(TOOLS))
        import check_globals
        with tempfile.TemporaryDirectory() as folder:
            found = pathlib.Path(folder) / "oro_base.dir/src/base/x.cpp.o"
            found.parent.mkdir(parents=True)
            subprocess.run(["clang++-19", "-std=c++23", "-O1", "-fPIE", "-fdata-sections", "-x", "c++", "-c", "-", "-o",
                            str(found)], input=self.SOURCE, text=True, check=True)
            self.assertEqual(sorted(check_globals.globals_of([found])),
                             [("inline", "shared"), ("src/base/x.cpp", "bump()::calls"), ("src/base/x.cpp", "hidden"),
                              ("src/base/x.cpp", "per_thread")])


if __name__ == "__main__":
    unittest.main()
