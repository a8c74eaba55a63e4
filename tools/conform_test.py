#!/usr/bin/env python3
"""Tests of tools/conform.py, with a small suite and the machine's own python3 as the interpreter."""
import pathlib
import sys
import tempfile
import types
import unittest

import conform

SUITE = {
    "__init__": "",
    "test_mixed": """
import unittest
class A(unittest.TestCase):
    def test_fail(self): self.fail('ü "quoted"\\n')
    def test_pass(self): pass
    def test_skip(self): self.skipTest("no")
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise ValueError
    def test_never(self): pass
""",
    "test_import": "import no_such_module\n",
    "test_skipped": "import unittest\nraise unittest.SkipTest('none here')\n",
    "test_crash": """
import os, unittest
class A(unittest.TestCase):
    def test_1(self): pass
    def test_2(self): os.kill(os.getpid(), 11)
""",
    "test_hang": """
import time, unittest
class A(unittest.TestCase):
    def test_1(self): time.sleep(60)
""",
}
FAILED = {"setUpClass (test.test_mixed.B)", "test.test_mixed.A.test_fail", "test.test_mixed.A.test_sub"}


class ConformTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "test").mkdir()
        for name, text in SUITE.items():
            (self.root / "test" / f"{name}.py").write_text(text)
        self.addCleanup(setattr, conform, "LISTS", conform.LISTS)
        conform.LISTS = self.root / "lists"

    def run_module(self, module):
        return conform.Run(types.SimpleNamespace(python=sys.executable, timeout=5), self.root, module)

    def judge(self, run, module, text):
        conform.LISTS.mkdir(exist_ok=True)
        (conform.LISTS / f"{module}.txt").write_text(text)
        return conform.judge(run, conform.Expected(module))

    def test_outcomes(self):
        run = self.run_module("test_mixed")
        self.assertIsNone(run.broken)
        self.assertEqual(run.failed, FAILED)
        self.assertEqual(run.having("pass"), {"test.test_mixed.A.test_pass"})
        self.assertEqual(run.having("skip"), {"test.test_mixed.A.test_skip"})
        self.assertIsNone(self.run_module("test_skipped").broken)

    def test_broken_modules(self):
        for module, words in (("test_import", "no_such_module"), ("test_crash", "SIGSEGV, in test.test_crash.A.test_2"),
                              ("test_hang", "timed out after 5 s, in test.test_hang.A.test_1")):
            run = self.run_module(module)
            self.assertIn(words, run.broken)
            self.assertEqual(self.judge(run, module, "*\n"), [])
            self.assertEqual(len(self.judge(run, module, "")), 1)

    def test_lists_are_exact(self):
        run = self.run_module("test_mixed")
        exact = "# why\n" + "\n".join(sorted(FAILED)) + "\n"
        self.assertEqual(self.judge(run, "test_mixed", exact), [])
        self.assertIn("passes now", *self.judge(run, "test_mixed", exact + "test.test_mixed.A.test_pass\n"))
        self.assertIn("is skipped now", *self.judge(run, "test_mixed", exact + "test.test_mixed.A.test_skip\n"))
        self.assertIn("isn't there", *self.judge(run, "test_mixed", exact + "test.test_mixed.A.test_gone\n"))
        self.assertIn("--rebaseline", *self.judge(run, "test_mixed", "*\n"))
        self.assertEqual(len(self.judge(run, "test_mixed", "")), 3)
        self.assertEqual(self.judge(run, "test_mixed", "".join(f"? {name}\n" for name in FAILED)), [])

    def test_rewriting_keeps_comments(self):
        run = self.run_module("test_mixed")
        self.judge(run, "test_mixed", "# at the top\ntest.test_mixed.A.test_sub  # why\n? test.test_mixed.A.test_pass\n")
        conform.Expected("test_mixed").rewrite(run)
        self.assertEqual((conform.LISTS / "test_mixed.txt").read_text(),
                         "# at the top\nsetUpClass (test.test_mixed.B)\ntest.test_mixed.A.test_fail\n"
                         "? test.test_mixed.A.test_pass\ntest.test_mixed.A.test_sub  # why\n")
        self.assertEqual(conform.judge(run, conform.Expected("test_mixed")), [])


if __name__ == "__main__":
    unittest.main()
