"""Bad input on the command line and in source files: CPython's words and exit code, and never a crash or a hang.

usage: bad_input.py PROGRAM [PEER]         runs every case and compares with bad_input.json; PEER must give the same
       bad_input.py --record PEER          rewrites bad_input.json from what PEER (a CPython 3.14) gives

What is compared: the exit status (negative: the signal's number), standard output, and of standard error all lines or,
where tracebacks go through files of the library, the last one. The program's own path stands as PROGRAM, the folder of the
case as FOLDER.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

RECORD = pathlib.Path(__file__).with_suffix(".json")
TIMEOUT = 60
CASES = {}


def case(name, *argv, files=None, stdin=b"", env=None, last=False, shell=None, close=(), setup=None):
    """A case: arguments, files to make first (name: octets), standard input; `shell` runs through sh with $PROGRAM set;
    `close` are descriptors that are closed in the program; `last`: only the last line of standard error counts, "first": only
    the first."""
    assert name not in CASES, name
    CASES[name] = dict(argv=list(argv), files=files or {}, stdin=stdin, env=env or {}, last=last, shell=shell, close=close,
                       setup=setup)


def source(name, text, **more):
    """A case that runs a file of this text."""
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogateescape")
    case(name, "prog.py", files={"prog.py": text}, **more)


def code(name, text, *argv, **more):
    case(name, "-c", text, *argv, **more)


# ---- the command line

case("unknown option", "-Z")
case("unknown long option", "--frobnicate")
case("unknown option after others", "-bZ")
for letter in "cmWX":
    case(f"-{letter} without argument", f"-{letter}")
case("--check-hash-based-pycs without argument", "--check-hash-based-pycs")
case("--check-hash-based-pycs with a wrong one", "--check-hash-based-pycs", "x", "-c", "pass")
case("missing file", "nothing.py")
case("missing file by absolute path", "/nonexistent/nothing.py")
case("file below a file", "a/b.py", files={"a": b""})
case("directory without __main__", ".")
case("directory with __main__", "d", files={"d/__main__.py": b"import sys; print(__name__, sys.argv, sys.path[0])"})
case("empty directory name", "d", files={"d/other.py": b""})
case("link to itself", "prog.py", setup=lambda d: os.symlink("prog.py", d / "prog.py"))
case("file is a device", "/dev/null")
case("empty file name", "")
case("file from /dev/fd", "/dev/stdin", stdin=b"print(__file__)")
case("dash", "-", "a", stdin=b"import sys; print(sys.argv)")
case("dash dash", "--", "prog.py", "-x", files={"prog.py": b"import sys; print(sys.argv)"})
case("options behind the file", "prog.py", "-c", "x", files={"prog.py": b"import sys; print(sys.argv)"})
case("options behind -c", "-c", "import sys; print(sys.argv)", "-V", "--help")
case("options in one word", "-Bsc", "import sys; print(sys.flags.dont_write_bytecode, sys.flags.no_user_site)")
case("-m missing module", "-m", "no_such_module")
case("-m missing package", "-m", "no_such_package.part")
case("-m module below a module", "-m", "json.decoder.x")
case("-m package without __main__", "-m", "email")
case("-m relative", "-m", ".x")
case("-m empty", "-m", "")
case("-m file name", "-m", "prog.py", files={"prog.py": b""})
case("-m broken module", "-m", "broken", files={"broken.py": b"x = = 1\n"}, last=True)
case("-m broken package", "-m", "p", files={"p/__init__.py": b"1/0\n", "p/__main__.py": b""}, last=True)
case("-m builtin module", "-m", "sys")
case("-x first line", "-x", "prog.py", files={"prog.py": b"this is no Python\nprint(1)\nraise ValueError\n"})
case("-W invalid action", "-W", "frob", "-c", "pass")
case("-W unknown category", "-W", "error::FrobWarning", "-c", "pass")
case("-W too many fields", "-W", "error:a:UserWarning:m:1:2", "-c", "pass")
case("-W invalid line", "-W", "error::UserWarning:m:x", "-c", "pass")
case("-W negative line", "-W", "error::UserWarning:m:-1", "-c", "pass")
case("-W missing module of category", "-W", "error::nomod.Frob", "-c", "pass")
case("PYTHONWARNINGS invalid", "-c", "pass", env={"PYTHONWARNINGS": "frob,error::Nope"})
case("-W error", "-W", "error", "-c", "import warnings; warnings.warn('x')", last=True)
case("-X int_max_str_digits=abc", "-X", "int_max_str_digits=abc", "-c", "pass")
case("-X int_max_str_digits=100", "-X", "int_max_str_digits=100", "-c", "pass")
case("-X int_max_str_digits without value", "-X", "int_max_str_digits", "-c", "pass")
case("-X int_max_str_digits=0", "-X", "int_max_str_digits=0", "-c", "import sys; print(sys.get_int_max_str_digits())")
case("PYTHONINTMAXSTRDIGITS invalid", "-c", "pass", env={"PYTHONINTMAXSTRDIGITS": "12"})
case("-X utf8=2", "-X", "utf8=2", "-c", "pass")
case("-X unknown", "-X", "frobnicate=3", "-c", "import sys; print(sys._xoptions)")
case("-X tracemalloc=x", "-X", "tracemalloc=x", "-c", "pass")
case("-X thread_inherit_context=3", "-X", "thread_inherit_context=3", "-c", "pass")
case("-X context_aware_warnings=x", "-X", "context_aware_warnings=x", "-c", "pass")
case("-X cpu_count=0", "-X", "cpu_count=0", "-c", "pass")
case("-X cpu_count=7", "-X", "cpu_count=7", "-c", "import os; print(os.cpu_count())")
case("-X importtime=3", "-X", "importtime=3", "-c", "pass")
case("-X frozen_modules=maybe", "-X", "frozen_modules=maybe", "-c", "pass")
case("PYTHONHASHSEED=abc", "-c", "pass", env={"PYTHONHASHSEED": "abc"})
case("PYTHONHASHSEED=-1", "-c", "pass", env={"PYTHONHASHSEED": "-1"})
case("PYTHONHASHSEED too large", "-c", "pass", env={"PYTHONHASHSEED": "4294967296"})
case("PYTHONIOENCODING unknown", "-c", "print(1)", env={"PYTHONIOENCODING": "frob"}, last="first")
case("PYTHONUTF8=2", "-c", "pass", env={"PYTHONUTF8": "2"})
case("-E hides the environment", "-E", "-c", "print(1)", env={"PYTHONHASHSEED": "abc", "PYTHONWARNINGS": "frob"})
case("version", "-V")
case("version twice wins over a file", "--version", "nothing.py")
case("-c syntax error", "-c", "x = = 1")
case("-c indented", "-c", "  x = 1\n  print(x)")
case("-c unexpected indent", "-c", "x = 1\n  y = 2")
case("-c empty", "-c", "")
case("-c not UTF-8", "-c", b"print(ascii('\xff\xc3'))")
case("-c not UTF-8 in code", "-c", b"x\xff = 1")
case("argument not UTF-8", "-c", "import sys; print(ascii(sys.argv))", b"\xff\xc3(")
case("file name not UTF-8", b"\xff.py", files={b"\xff.py": b"print(ascii(__file__)); 1/0"})

# ---- what is in the file

source("syntax error", "def f(:\n    pass\n")
source("not UTF-8", b"x = 1\n\ny = '\xff\xfe'\n")
source("not UTF-8 in a comment", b"# \xe4\nprint(1)\n")
source("not UTF-8 far down", b"x = 1\n" * 3000 + b"'\x80'\n")
source("unknown encoding", b"# coding: frobnicate\nprint(1)\n")
source("encoding that isn't one of text", b"# coding: hex\nprint(1)\n")
source("latin-1 cookie", b"# -*- coding: latin-1 -*-\nprint(ascii('\xe4'))\n")
source("cookie in the second line", b"#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\nprint(ascii('\xa4'))\n")
source("cookie in the third line", b"\n\n# coding: latin-1\nprint('\xe4')\n")
source("cookie against the bytes", b"# coding: ascii\nprint('\xe4')\n")
source("BOM", b"\xef\xbb\xbfprint(1)\n")
source("BOM and another cookie", b"\xef\xbb\xbf# coding: latin-1\nprint(1)\n")
source("BOM alone", b"\xef\xbb\xbf")
source("two BOMs", b"\xef\xbb\xbf\xef\xbb\xbfprint(1)\n")
source("UTF-16 with BOM", "\ufeffprint(1)\n".encode("utf-16-le"))
source("null byte", b"x = 1\0\n")
source("null byte in a comment", b"# \0\nprint(1)\n")
source("null byte in a string", b"x = 1\nprint('a\0b')\n")
source("null bytes only", b"\0" * 100)
source("empty file", b"")
source("only a backslash", b"\\")
source("backslash at the end", b"x = 1\\")
source("carriage returns", b"x = 1\rprint(x)\r")
source("unterminated string", "x = 'abc\n")
source("unterminated triple string", 'x = """abc\n\n')
source("unterminated f-string", "x = f'{1'\n")
source("unclosed bracket", "x = (1,\n  2\n")
source("wrong closing bracket", "x = (1]\n")
source("closing bracket", "x = 1)\n")
source("tabs and spaces", "if 1:\n        x = 1\n\ty = 2\n")
source("wrong dedent", "if 1:\n    x = 1\n  y = 2\n")
source("invalid character", "x = 1 \u20ac 2\n")
source("non-printable character", "x = 1\x07\n")
source("surrogate escape in a name", b"x\xed\xa0\x80 = 1\n")
source("form feeds", "\f\fx = 1\n\fprint(x)\n")
source("no-break space", "x =\u00a01\n")
source("return outside", "return 1\n")
source("await outside", "await x\n")
source("assign to literal", "1 = x\n")
source("missing future", "from __future__ import frobnicate\n")
source("late future", "x = 1\nfrom __future__ import annotations\n")
source("exception", "def f():\n    1/0\nf()\n")
source("exception that can't be shown", "class E(Exception):\n    def __str__(self): raise ValueError\nraise E\n")
source("binary garbage", bytes(range(128, 256)) * 4)
source("zip without __main__", b"PK\x05\x06" + b"\0" * 18)
source("zip that is broken", b"PK\x03\x04" + b"garbage" * 50, last=True)

# ---- far too much of something: any of CPython's refusals will do, see `refusals`

N = 10_000
deep = {
    "parentheses": "(" * N + "1" + ")" * N,
    "unclosed parentheses": "(" * N,
    "brackets": "[" * N + "]" * N,
    "braces": "{1:" * N + "1" + "}" * N,
    "mixed brackets": "([{" * 3000 + "}])" * 3000,
    "minus signs": "-" * N + "1",
    "tildes": "~" * N + "1",
    "nots": "not " * N + "1",
    "lambdas": "lambda: " * N + "1",
    "conditionals": "1 if 1 else " * N + "1",
    "powers": "1**" * N + "1",
    "awaits": "await " * N + "x",
    "calls": "f(" * N + ")" * N,
    "comprehensions": "[x for x in " * 1000 + "[]" + "]" * 1000,
    "nested f-strings": "f'{" * 1000 + "1" + "}'" * 1000,
    "nested format specs": "f'{1:" + "{1:" * 500 + "}" * 501 + "'",
    "pattern brackets": "match 1:\n  case " + "[" * N + "]" * N + ": pass",
    "starred": "f(" + "*" * N + "x)",
    "decorators of lambdas": "@" + "(lambda x: " * 1000 + "x" + ")" * 1000 + "\ndef f(): pass",
    "ifs": "".join(" " * i + "if 1:\n" for i in range(200)) + " " * 200 + "pass",
    "fors": "".join(" " * i + "for x in y:\n" for i in range(50)) + " " * 50 + "pass",
    "functions": "".join(" " * i + "def f():\n" for i in range(101)) + " " * 101 + "pass",
    "withs": "".join(" " * i + "with x:\n" for i in range(50)) + " " * 50 + "pass",
}
for name, text in deep.items():
    source(f"deep: {name}", "try:\n    pass\nfinally:\n    pass\n" + text + "\n")

# These are long, not deep, or deep in a way that CPython takes.
source("long: elif chain", "x = 3\nif x == -1: pass\n" + "".join(f"elif x == {i + 10}: pass\n" for i in range(1500)) + "else: print('else')\n")
source("long: list", "x = [" + "1," * 200_000 + "]\nprint(len(x))\n")
source("long: dict", "x = {" + ",".join(f"{i}:{i}" for i in range(50_000)) + "}\nprint(len(x))\n")
source("long: string", "x = '" + "a" * 10_000_000 + "'\nprint(len(x))\n")
source("long: name", "x" * 1_000_000 + " = 1\nprint('ok')\n")
source("long: comment", "#" * 10_000_000 + "\nprint('ok')\n")
source("long: blank lines", "\n" * 1_000_000 + "print('ok')\n")
source("long: spaces", "x = 1" + " " * 10_000_000 + "+ 1\nprint(x)\n")
source("long: statements in a line", "x=1;" * 200_000 + "print(x)\n")
source("long: arguments", "def f(*a): return len(a)\nprint(f(" + "1," * 70_000 + "))\n")
source("long: keyword arguments", "def f(**a): return len(a)\nprint(f(" + ",".join(f"a{i}=1" for i in range(5000)) + "))\n")
source("long: parameters", "def f(" + ",".join(f"a{i}=1" for i in range(5000)) + "): return a4999\nprint(f())\n")
source("long: locals", "def f():\n" + "".join(f"  a{i} = {i}\n" for i in range(40_000)) + "  return a39999\nprint(f())\n")
source("long: constants", "x = 0\n" + "".join(f"x += {i}.5\n" for i in range(70_000)) + "print(x)\n")
source("long: escapes", "x = '" + "\\x41" * 300_000 + "'\nprint(len(x))\n")
source("long: adjacent strings", "x = (" + "'a' " * 50_000 + ")\nprint(len(x))\n")
source("long: comparison", "print(" + "1<=" * 2000 + "1)\n")
source("long: and", "print(" + "1 and " * 5000 + "2)\n")
source("huge int", "x = " + "9" * 5000 + "\n")
source("huge hex int", "x = 0x" + "f" * 100_000 + "\nprint(x.bit_length())\n")
source("huge float", "print(1" + "0" * 5000 + ".0)\nprint(1e999999999999)\n")
source("huge repetition", "try:\n    'ab' * (2**62)\nexcept (MemoryError, OverflowError) as e: print(type(e).__name__)\n")
source("huge shift", "try:\n    1 << (2**70)\nexcept (MemoryError, OverflowError) as e: print(type(e).__name__, e)\n")
source("int() of many digits", "int('9' * 5000)\n")

# ---- programs that break their own ground

code("builtins deleted", "import builtins\nfor n in list(vars(builtins)): delattr(builtins, n)\nprint(1)")
code("builtins cleared", "import builtins\nbuiltins.__dict__.clear()\nlen")
code("builtins replaced", "__builtins__ = {}\nprint(1)\nexec('len', {'__builtins__': {}})")
code("modules cleared", "import sys\nsys.modules.clear()\nprint(1)")
code("sys cleared", "import sys\nsys.__dict__.clear()\nprint(1)", last=True)
code("no __import__", "import builtins\ndel builtins.__import__\nimport os")
code("no __build_class__", "import builtins\ndel builtins.__build_class__\nclass C: pass")
code("sys.path is None", "import sys\nsys.path = None\nimport json.tool", last=True)
code("sys.path of ints", "import sys\nsys.path = [1, 2]\nimport no_such_module", last=True)
code("stdout is None", "import sys\nsys.stdout = None\nprint(1)")
code("stdout deleted", "import sys\ndel sys.stdout\nprint(1)")
code("stdout is an int", "import sys\nsys.stdout = 3\nprint(1)")
code("stderr is None", "import sys\nsys.stderr = None\n1/0")
code("stderr deleted", "import sys\ndel sys.stderr\n1/0", last=True)
code("excepthook deleted", "import sys\ndel sys.excepthook\n1/0")
code("excepthook is None", "import sys\nsys.excepthook = None\n1/0")
code("excepthook fails", "import sys\ndef hook(*a): raise KeyError('hook')\nsys.excepthook = hook\n1/0")
code("excepthook exits", "import sys\ndef hook(*a): raise SystemExit(7)\nsys.excepthook = hook\n1/0")
code("displayhook missing", "import sys\ndel sys.displayhook\nexec(compile('1', '', 'single'))")
code("unraisablehook fails", "import sys\nclass C:\n  def __del__(self): 1/0\ndef hook(u): 2/0\nsys.unraisablehook = hook\nC()\nprint('on')", last=True)
code("unraisablehook deleted", "import sys\nclass C:\n  def __del__(self): 1/0\ndel sys.unraisablehook\nC()\nprint('on')")
code("endless recursion", "def f(): f()\nf()", last=True)
code("endless recursion of repr", "class C:\n  def __repr__(self): return repr(self)\nrepr(C())", last=True)
code("endless recursion of getattr", "class C:\n  def __getattr__(self, n): return self.x\nC().y", last=True)
code("deep nesting of objects", "x = ()\nfor i in range(100_000): x = (x,)\ntry: repr(x)\nexcept RecursionError: print('recursion')\ndel x\nprint('on')")
code("deep exception chain", "e = None\nfor i in range(5000):\n  n = ValueError(i); n.__context__ = e; e = n\nprint('made')\ndel e, n\nprint('on')")
code("cycle of exceptions", "e = ValueError('x'); e.__context__ = e2 = KeyError('y'); e2.__context__ = e\nraise e", last=True)
code("syntax error raised by hand", "raise SyntaxError('msg', ('f', 3, 50, 'short', 3, 1000))")
code("syntax error with nonsense", "raise SyntaxError('msg', ('f', None, None, None))")
code("OSError with nonsense", "raise OSError(None, None)")
code("unicode error with nonsense", "raise UnicodeDecodeError('utf-8', b'x', 50, -3, 'why')")
code("surrogate in message", "raise ValueError('\\ud800')")
code("surrogate printed", "print('\\ud800')", last=True)
code("closed stdout", "import sys, os\nsys.stdout.close()")
code("closed stdout, then print", "import sys\nsys.stdout.close()\nprint(1)")
code("descriptor 1 closed", "import os\nprint('x')\nos.close(1)")
code("descriptor 2 closed", "import os\nos.close(2)\n1/0")
code("unknown exception class", "raise 1")
code("raise in atexit", "import atexit\n@atexit.register\ndef f(): 1/0\nprint('on')")
code("exit in atexit", "import atexit, sys\n@atexit.register\ndef f(): sys.exit(5)\nprint('on')")
code("raise in a thread", "import threading\nt = threading.Thread(target=lambda: 1/0, name='T')\nt.start(); t.join()", last=True)
code("exit in a thread", "import threading, sys\nt = threading.Thread(target=lambda: sys.exit(3))\nt.start(); t.join()\nprint('on')")
code("raise in __del__ at the end", "class C:\n  def __del__(self): 1/0\nc = C()", last=True)
code("thread that waits for the end", "import threading, time\ndef f():\n  threading.main_thread().join(); print('after')\nthreading.Thread(target=f).start()")
code("daemon thread that never ends", "import threading, time\ndef f():\n  while True: pass\nthreading.Thread(target=f, daemon=True).start()\nprint('end')")

# ---- exit codes

for text in ["0", "1", "7", "256", "-1", "255", "2**31", "2**40", "None", "True", "False", "'text'", "()", "(3,)", "(1, 2)", "1.5", "[1]",
             "b'x'", "''", "object.__new__(type('C', (), {'__str__': lambda s: 'shown'}))", "type('C', (), {'__str__': lambda s: 1/0})()",
             "type('I', (int,), {})(5)", "'\\ud800'"]:
    code(f"sys.exit({text})", f"import sys\nsys.exit({text})")
code("sys.exit()", "import sys\nsys.exit()")
code("sys.exit(1, 2)", "import sys\nsys.exit(1, 2)")
code("raise SystemExit(1, 2)", "raise SystemExit(1, 2)")
code("SystemExit subclass", "class E(SystemExit): pass\nraise E(9)")
code("SystemExit whose code is gone", "e = SystemExit(4)\ndel e.code\nraise e")
code("exit()", "exit(4)")
code("exit within finally", "import sys\ntry: sys.exit(3)\nfinally: print('finally')")
code("os._exit", "import os\nprint('lost', flush=True)\nos._exit(9)")
code("os.abort", "import os\nos.abort()", last=True)
code("SIGINT death", "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time; time.sleep(10)", last=True)
code("KeyboardInterrupt raised", "raise KeyboardInterrupt")
code("KeyboardInterrupt subclass", "class K(KeyboardInterrupt): pass\nraise K('x')")
code("SIGTERM death", "import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM); time.sleep(10)")
code("exception group", "raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError(2)])])")
code("GeneratorExit", "raise GeneratorExit")
code("exception in a module", "import mod", files={"mod.py": b"import other\n", "other.py": b"raise ValueError('deep')\n"},
     env={"PYTHONDONTWRITEBYTECODE": "1"}, last=True)

# ---- standard streams

case("closed stdin", "-c", "import sys; print(sys.stdin)", close=[0])
case("closed stdin, input()", "-c", "input()", close=[0])
case("closed stdin, program from it", close=[0])
case("closed stdout, print", "-c", "print(1)", close=[1])
case("closed stderr, exception", "-c", "1/0", close=[2])
case("closed stderr, exit text", "-c", "import sys; sys.exit('x')", close=[2])
case("all closed", "-c", "import sys; open('o', 'w').write(str((sys.stdin, sys.stdout, sys.stderr))); print(1)", close=[0, 1, 2])
case("stdin is a directory", shell='exec "$PROGRAM" -c pass < .', last="first")
case("program from a directory", shell='exec "$PROGRAM" < .', last="first")
case("stdout is full", shell='exec "$PROGRAM" -c "print(1)" > /dev/full')
case("stdout is full, long", shell='exec "$PROGRAM" -c "print(1); print(\'x\' * 100000)" > /dev/full', last=True)
case("stdout is full, flush", shell='exec "$PROGRAM" -c "print(1, flush=True)" > /dev/full', last=True)
case("stdout is full, version", shell='exec "$PROGRAM" -c "import sys; sys.exit(3)" > /dev/full')
case("stdout is full, exit code", shell='exec "$PROGRAM" -c "import sys; print(1); sys.exit(3)" > /dev/full')
case("stderr is full", shell='exec "$PROGRAM" -c "1/0" 2> /dev/full')
case("broken pipe", shell='"$PROGRAM" -c "import time; time.sleep(.3); print(1)" | true; echo "${PIPESTATUS[0]}"')
case("broken pipe, flush", shell='"$PROGRAM" -c "import time; time.sleep(.3); print(1, flush=True)" | true; echo "${PIPESTATUS[0]}"', last=True)
case("program from stdin", stdin=b"import sys\nprint(sys.argv, __name__)\n1/0\n")
case("syntax error on stdin", stdin=b"x = = 1\n")
case("stdin not UTF-8", stdin=b"print('\xff')\n")
case("stdin with null bytes", stdin=b"print(1)\n\0\nprint(2)\n")
case("empty stdin", stdin=b"")
case("input at the end", "-c", "input('? ')", stdin=b"")
case("input not UTF-8", "-c", "print(ascii(input()))", stdin=b"\xff\n")


# ---- running

def run(program, c):
    with tempfile.TemporaryDirectory(prefix="bad-input-") as folder:
        folder = pathlib.Path(folder).resolve()
        for name, octets in c["files"].items():
            path = os.path.join(os.fsencode(folder), os.fsencode(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(octets)
        if c["setup"]:
            c["setup"](folder)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
        env.update({"LANG": "C.UTF-8", "PROGRAM": program, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"} | c["env"])
        argv = ["bash", "-c", c["shell"]] if c["shell"] else [program, *c["argv"]]

        def before():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            for fd in c["close"]:
                os.close(fd)
        process = subprocess.Popen(argv, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   preexec_fn=before, start_new_session=True)
        try:
            out, err = process.communicate(c["stdin"], timeout=TIMEOUT)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            status = "hangs"

        def plain(octets):
            text = octets.decode("utf-8", "backslashreplace").replace(program, "PROGRAM").replace(str(folder), "FOLDER")
            text = re.sub(r"0x[0-9a-f]{6,}", "0xADDRESS", text)
            text = re.sub(r"\bPython 3\.14\.\d+", "Python 3.14.X", text)
            return re.sub(r"usage: \S+ ", "usage: PROGRAM ", text)
        out, err = plain(out), plain(err)
        lines = err.splitlines()
        return {"status": status, "out": out, "err": lines[:1] if c["last"] == "first" else lines[-1:] if c["last"] else lines}


def shorten(result):
    """For nesting that is too deep, CPython gives one of several refusals, and so may we: which depth is too much differs."""
    last = result["err"][-1] if result["err"] else ""
    return "refused" if re.match(r"(SyntaxError|MemoryError|RecursionError|IndentationError|s_push: parser stack overflow)", last) else result


# Where orochi is known to differ, exactly: one of these that agrees fails too, so that its line is deleted.
KNOWN = {
    "-X cpu_count=7",            # os.cpu_count() doesn't ask for the setting
    "PYTHONIOENCODING unknown",  # a LookupError, not a fatal error
    "UTF-16 with BOM",           # the line shown isn't cut at its first null byte
    "huge int",                  # a caret too much
}


def agree(name, wanted, got):
    if wanted == got:
        return True
    # Where the depth that is too much differs, a refusal is as good as another, and as good as an answer.
    return name.startswith("deep: ") and got["status"] in (0, 1) and (shorten(got) == "refused" or got["status"] == 0)


def run_all(program, names):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(names, pool.map(lambda name: run(program, CASES[name]), names)))


def main(argv):
    if argv[0] == "--record":
        RECORD.write_text(json.dumps(run_all(argv[1], list(CASES)), indent=0, ensure_ascii=True) + "\n")
        return 0
    recorded = json.loads(RECORD.read_text())
    assert recorded.keys() == CASES.keys(), sorted(recorded.keys() ^ CASES.keys())
    only = [name for name in CASES if os.environ.get("ONLY", "") in name]
    failures = 0
    for program in argv:
        for name, got in run_all(os.path.abspath(program), only).items():
            ours = program == os.path.abspath(argv[0])
            if agree(name, recorded[name], got) != (ours and name in KNOWN):
                continue
            failures += 1
            print(f"{name}: {program}\n  wanted {json.dumps(recorded[name])}\n  got    {json.dumps(got)[:3000]}")
    print(f"{len(only)} cases, {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
