"""The library's tools as commands (-m unittest, timeit, ast, dis, ...): what they print and how they end.

usage: tools.py PROGRAM [PEER]      PEER, a CPython 3.14, must agree; what shows bytecode is left out for it
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FILES = {
    "sample.py": '''\
"""A sample.

>>> double(4)
8
>>> double('a')
'aa'
"""
import os.path as p, json


class C:
    limit = 3

    def method(self):
        return [i for i in range(self.limit) if i]


def double(x):
    """Twice.

    >>> double(3)
    6
    """
    y = x * 2
    return y


if __name__ == "__main__":
    print(double(21))
''',
    "failing.py": '''\
"""
>>> 1 + 1
3
"""
''',
    "tests.py": '''\
import unittest


class T(unittest.TestCase):
    def test_good(self):
        self.assertEqual(1, 1)

    @unittest.skip("why")
    def test_skipped(self): pass

    @unittest.expectedFailure
    def test_expected(self): self.fail()

    def test_sub(self):
        for i in range(2):
            with self.subTest(i=i): pass


class Bad(unittest.TestCase):
    def test_bad(self):
        self.assertEqual([1, 2], [1, 3])

    def test_error(self):
        1/0
''',
    "data.json": '{"b": [1, 2.5, null, true], "a": "\\u00e4"}',
    "bad.json": '{"b": [1,}',
    "calendar_input": "",
}

# Arguments, exit status, and patterns that must be found in order in standard output followed by standard error.
CASES = [
    (["-m", "unittest", "tests.T"], 0, [r"Ran 4 tests in", r"OK \(skipped=1, expected failures=1\)"]),
    (["-m", "unittest", "-v", "tests"], 1, [r"test_bad \(tests\.Bad\.test_bad\) \.\.\. FAIL", r"First differing element 1:\n2\n3", r"FAILED \(failures=1, errors=1, skipped=1"]),
    (["-m", "unittest", "nothing"], 1, [r"ModuleNotFoundError: No module named 'nothing'", r"FAILED \(errors=1\)"]),
    (["-m", "unittest", "discover", "-p", "none*"], 5, [r"NO TESTS RAN"]),
    (["-m", "timeit", "-n", "5", "-r", "2", "pass"], 0, [r"5 loops, best of 2: [\d.]+ [num]?sec per loop"]),
    (["-m", "timeit", "1 +"], 1, [r"SyntaxError: invalid syntax"]),
    (["-m", "timeit", "-n", "1", "-r", "1", "-s", "x = 1", "x / 0"], 1, [r"ZeroDivisionError: division by zero"]),
    (["-m", "json.tool", "data.json"], 0, [r'\{\n    "b": \[\n        1,\n        2\.5,\n        null,\n        true\n    \],\n    "a": "\\u00e4"\n\}\n']),
    (["-m", "json", "--sort-keys", "--compact", "data.json"], 0, [r'\{"a":"\\u00e4","b":\[1,2\.5,null,true\]\}']),
    (["-m", "json.tool", "bad.json"], 1, [r"Illegal trailing comma before end of array|Expecting value"]),
    (["-m", "ast", "sample.py"], 0, [r"Module\(\n   body=\[\n      Expr\(\n         value=Constant\(value=[\"']A sample", r"ClassDef\(", r"ListComp\("]),
    (["-m", "ast", "-m", "eval", "-a"], 1, [r"SyntaxError: invalid syntax"]),
    (["-m", "tokenize", "sample.py"], 0, [r"0,0-0,0: +ENCODING +'utf-8'", r"8,0-8,6: +NAME +'import'", r"ENDMARKER"]),
    (["-m", "tokenize", "-e", "data.json"], 0, [r"1,0-1,1: +LBRACE +'\{'"]),
    (["-m", "this"], 0, [r"The Zen of Python, by Tim Peters", r"Although never is often better than \*right\* now\."]),
    (["-m", "inspect", "sample:double"], 0, [r'def double\(x\):\n    """Twice\.', r"    return y\n"]),
    (["-m", "inspect", "--details", "sample:C"], 0, [r"Target: sample:C\nOrigin: .*sample\.py\n", r"Line: 10"]),
    (["-m", "inspect", "nothing"], 2, [r"Failed to import nothing"]),
    (["-m", "doctest", "sample.py"], 0, []),
    (["-m", "doctest", "-v", "sample.py"], 0, [r"3 tests in 4 items\.|3 tests in 5 items\.", r"3 passed"]),
    (["-m", "doctest", "failing.py"], 1, [r"Expected:\n    3\nGot:\n    2", r"1 items? had failures|\*\*\*Test Failed\*\*\* 1 failure"]),
    (["-m", "pdb", "-c", "quit", "sample.py"], 0, []),
    (["-m", "pdb", "-c", "continue", "-c", "quit", "sample.py"], 0, [r"42\nThe program finished and will be restarted"]),
    (["-m", "compileall", "-q", "-l", "sample.py", "tests.py"], 0, []),
    (["-m", "py_compile", "sample.py"], 0, []),
    (["-m", "py_compile", "bad.json"], 1, [r"SyntaxError"]),
    (["-m", "pyclbr", "sample.py"], 0, [r"class C .*11\n  def method 14\ndef double 18"]),
    (["-m", "tabnanny", "-v", "sample.py"], 0, [r"'sample\.py': Clean bill of health\."]),
    (["-m", "calendar", "2024", "2"], 0, [r"   February 2024\nMo Tu We Th Fr Sa Su\n          1  2  3  4\n"]),
    (["-m", "textwrap"], 0, [r"Hello there\.\n  This is indented\."]),
    (["-m", "pydoc", "sample"], 0, [r"NAME\n    sample - A sample\.", r"double\(x\)\n        Twice\."]),
    (["-m", "site", "--user-base"], 0, [r"/\.local"]),
    (["-m", "sysconfig"], 0, [r'Platform: "linux-x86_64"', r'Python version: "3\.14"']),
    (["-m", "platform"], 0, [r"^Linux-"]),
    (["-m", "modulefinder", "sample.py"], 0, [r"m __main__ +sample\.py"]),
    (["-m", "__hello__"], 0, [r"Hello world!"]),
    (["-m", "trace", "--count", "--missing", "-C", "cover", "sample.py"], 0, [r"42"]),
]

OWN_CASES = [
    (["-m", "dis", "sample.py"], 0, [r"\n  8 +LOAD_INT", r"IMPORT_NAME +r\d", r"Disassembly of <code object C at ", r"Disassembly of <code object double at ", r"MUL"]),
    (["-m", "dis", "-O", "-P", "sample.py"], 0, [r"25:\d+-25:\d+ .* RETURN_VALUE"]),
    (["-c", "import dis\ntry: 1/0\nexcept Exception as e: dis.distb(e.__traceback__)"], 0, [r"--> +TRUEDIV"]),
    (["-c", "import dis\ndef f():\n  while x: break\ndis.dis(f)"], 0, [r"JUMP_IF_FALSE .*to L1", r"L1:"]),
    (["-c", "import dis\nfor x in 3, b'': \n  try: dis.dis(x)\n  except TypeError as e: print(e)"], 0, [r"don't know how to disassemble int objects", r"bytecode"]),
    (["-c", "import dis; print(dis.code_info('a.b(1)')); print(list(dis.Bytecode('a')))"], 0, [r"Name: +<module>", r"opname='LOAD_NAME'"]),
]


def run(program, folder, argv):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"NO_COLOR": "1", "PYTHON_COLORS": "0", "COLUMNS": "100"}
    return subprocess.run([program, *argv], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def check(program, cases):
    failures = 0
    for argv, status, patterns in cases:
        with tempfile.TemporaryDirectory(prefix="tools-") as folder:
            for name, text in FILES.items():
                pathlib.Path(folder, name).write_text(text)
            try:
                result = run(program, folder, argv)
            except subprocess.TimeoutExpired:
                print(f"{' '.join(argv)}: hangs")
                failures += 1
                continue
        text = result.stdout + result.stderr
        complaint = None if result.returncode == status else f"exit status {result.returncode} instead of {status}"
        at = 0
        for pattern in patterns:
            found = re.compile(pattern, re.M).search(text, at)
            if not found:
                complaint = complaint or f"no {pattern!r}"
                break
            at = found.end()
        if complaint:
            failures += 1
            print(f"{' '.join(argv)}: {complaint}\n{text[-1500:]}")
    return failures


def main():
    program, *peers = [os.path.abspath(p) for p in sys.argv[1:]]
    failures = check(program, CASES + OWN_CASES) + sum(check(peer, CASES) for peer in peers)
    print(f"{len(CASES + OWN_CASES)} cases, {failures} fail")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
