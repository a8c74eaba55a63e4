"""The interactive loop: from a pipe, after a program (-i), with PYTHONSTARTUP, and on a terminal.

usage: repl.py PROGRAM [PEER]        PEER, a CPython 3.14, must give the same
"""
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

# What is typed, and what comes back with prompts (standard output and error together).
SESSIONS = {
    "expressions": ("1 + 1\n_ * 2\nNone\n'text'\n", ">>> 2\n>>> 4\n>>> >>> 'text'\n>>> \n"),
    "blocks": ("def f(x):\n  if x:\n    return 1\n  return 2\n\nf(0)\nfor i in 1, 2:\n  i\n\n", ">>> ... ... ... ... >>> 2\n>>> ... ... 1\n2\n>>> \n"),
    "one-line block": ("if 1: 5\n\n6\n", ">>> ... 5\n>>> 6\n>>> \n"),
    "else": ("if 0:\n  1\nelse:\n  2\n\n", ">>> ... ... ... ... 2\n>>> \n"),
    "block at the end of input": ("for i in 1,:\n  i\n", ">>> ... ... \n1\n>>> \n"),
    "brackets": ("(1 +\n2)\n[\n]\n", ">>> ... 3\n>>> ... []\n>>> \n"),
    "triple quotes": ("'''a\nb'''\n", ">>> ... 'a\\nb'\n>>> \n"),
    "backslash": ("1 + \\\n2\n", ">>> ... 3\n>>> \n"),
    "comments": ("# nothing\n\n1  # one\n", ">>> >>> >>> 1\n>>> \n"),
    "semicolons": ("1; 2\n", ">>> 1\n2\n>>> \n"),
    "decorator": ("@id\ndef f(): pass\n\nf == id(f)\n", ">>> ... ... >>> False\n>>> \n"),
    "class": ("class C:\n  'doc'\n  x = 1\n\nC.x, C.__doc__\n", ">>> ... ... ... >>> (1, 'doc')\n>>> \n"),
    "exception": ("1/0\n2\n", ">>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    1/0\n    ~^~\n"
                  "ZeroDivisionError: division by zero\n>>> 2\n>>> \n"),
    "exception in an older function": ("def f():\n  1/0\n\nx = 3\nf()\n",
                                       ">>> ... ... >>> >>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    f()\n    ~^^\n"
                                       "  File \"<stdin>\", line 2, in f\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n>>> \n"),
    "syntax error": ("x = = 1\n3\n", ">>>   File \"<stdin>\", line 1\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n>>> 3\n>>> \n"),
    "indentation": ("if 1:\nx\n", ">>> ...   File \"<stdin>\", line 2\n    x\n    ^\nIndentationError: expected an indented block after 'if' statement on line 1\n>>> \n"),
    "unexpected indent": ("  1\n", ">>>   File \"<stdin>\", line 1\n    1\nIndentationError: unexpected indent\n>>> \n"),
    "unterminated string": ("'abc\n1\n", ">>>   File \"<stdin>\", line 1\n    'abc\n    ^\nSyntaxError: unterminated string literal (detected at line 1)\n>>> 1\n>>> \n"),
    "two statements": ("def f(): pass\nx\n", ">>> ...   File \"<stdin>\", line 2\n    x\n    ^\nSyntaxError: invalid syntax\n>>> \n"),
    "future stays": ("from __future__ import annotations\ndef f(x: undefined): pass\n\nf.__annotations__\n", ">>> >>> ... >>> {'x': 'undefined'}\n>>> \n"),
    "prompts": ("import sys\nsys.ps1 = 'P '; sys.ps2 = 'Q '\n(1,\n)\nclass N:\n  n = 0\n  def __str__(self): self.n += 1; return f'{self.n}> '\n\nsys.ps1 = N()\n1\ndel sys.ps1\n2\n",
                ">>> >>> P Q (1,)\nP Q Q Q P 1> 1\n2> 2\n\n"),
    "last exception": ("1/0\nimport sys\nsys.last_exc, sys.last_value is sys.last_exc, sys.last_type\n",
                       ">>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n>>> >>> "
                       "(ZeroDivisionError('division by zero'), True, <class 'ZeroDivisionError'>)\n>>> \n"),
    "displayhook": ("import sys\nsys.displayhook = lambda v: print('<', v, '>')\n3\ndel sys.displayhook\n4\n",
                    ">>> >>> >>> < 3 >\n>>> >>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    4\nRuntimeError: lost sys.displayhook\n>>> \n"),
    "name": ("__name__, __doc__, __file__\n", ">>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    __name__, __doc__, __file__\n"
             "                       ^^^^^^^^\nNameError: name '__file__' is not defined. Did you mean: '__name__'?\n>>> \n"),
}
# Arguments, environment, what is typed, output, exit status.
RUNS = {
    "exit": (["-i", "-q"], {}, "import sys\nsys.exit(5)\n1\n", ">>> >>> ", 5),
    "exit with a message": (["-i", "-q"], {}, "raise SystemExit('bye')\n", ">>> bye\n", 1),
    "exit()": (["-i", "-q"], {}, "exit()\n", ">>> ", 0),
    "banner": (["-i"], {}, "", "Python 3.14.X\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n>>> \n", 0),
    "after -c": (["-i", "-c", "x = 5"], {}, "x\n", ">>> 5\n>>> \n", 0),
    "after an exception": (["-i", "-c", "1/0"], {}, "2\n", "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n    1/0\n    ~^~\n"
                           "ZeroDivisionError: division by zero\n>>> 2\n>>> \n", 0),
    "after SystemExit": (["-i", "-c", "raise SystemExit(3)"], {}, "2\n", "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n"
                         "    raise SystemExit(3)\nSystemExit: 3\n>>> 2\n>>> \n", 0),
    "after a file": (["-i", "prog.py"], {}, "x, __name__\n", ">>> (7, '__main__')\n>>> \n", 0),
    "after a missing file": (["-i", "nothing.py"], {}, "1\n", "PROGRAM: can't open file 'FOLDER/nothing.py': [Errno 2] No such file or directory\n>>> 1\n>>> \n", 0),
    "PYTHONSTARTUP": (["-i", "-q"], {"PYTHONSTARTUP": "start.py"}, "y\n", "started\n>>> 8\n>>> \n", 0),
    "PYTHONSTARTUP missing": (["-i", "-q"], {"PYTHONSTARTUP": "nothing.py"}, "1\n", "Could not open PYTHONSTARTUP\nFileNotFoundError: [Errno 2] No such file or directory: "
                              "'nothing.py'\n>>> 1\n>>> \n", 0),
    "PYTHONSTARTUP not after -c": (["-i", "-c", "pass"], {"PYTHONSTARTUP": "start.py"}, "1\n", ">>> 1\n>>> \n", 0),
    "PYTHONINSPECT from within": (["-c", "import os; os.environ['PYTHONINSPECT'] = '1'"], {}, "1\n", "", 0),
    "hook": (["-i", "-q"], {"PYTHONSTARTUP": "hook.py"}, "1\n", "Failed calling sys.__interactivehook__\nTraceback (most recent call last):\n  File \"hook.py\", line 2, in hook\n"
             "    def hook(): 1/0\n                ~^~\nZeroDivisionError: division by zero\n>>> 1\n>>> \n", 0),
    "no program on a pipe": ([], {}, "print(1)\n1\n", "1\n", 0),
}
FILES = {"prog.py": "x = 7\n", "start.py": "y = 8\nprint('started')\n", "hook.py": "import sys\ndef hook(): 1/0\nsys.__interactivehook__ = hook\n"}


def environment(more={}):
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"NO_COLOR": "1", "TERM": "xterm", "HOME": "/nonexistent"} | more


def run(program, folder, argv, env, text):
    process = subprocess.run([program, *argv], cwd=folder, env=environment(env), input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=60)
    out = process.stdout.replace(program, "PROGRAM").replace(str(folder), "FOLDER")
    return re.sub(r"Python 3\.14.*", "Python 3.14.X", out), process.returncode


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, program, argv, env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execve(program, [program, *argv], environment(env))
        self.seen = ""

    def expect(self, text, seconds=30):
        end = time.monotonic() + seconds
        while text not in self.seen:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {text!r} but {self.seen!r}")
            try:
                octets = os.read(self.fd, 4096)
            except OSError:
                octets = b""
            if not octets:
                raise AssertionError(f"ended before {text!r}: {self.seen!r}")
            self.seen += octets.decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, text):
        time.sleep(.3)  # a line editor may drop what comes before it has set up the terminal
        os.write(self.fd, text.encode())

    def status(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if select.select([self.fd], [], [], .1)[0]:
                try:
                    os.read(self.fd, 4096)
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("does not end")


def on_terminal(program, env):
    t = Terminal(program, ["-q"], env)
    t.expect(">>> ")
    t.type("6 * 7\r")
    t.expect("42")
    t.expect(">>> ")
    t.type("1/0\r")
    t.expect("ZeroDivisionError: division by zero")
    t.expect(">>> ")
    t.type("abc\x03")
    t.expect("KeyboardInterrupt")
    t.expect(">>> ")
    t.type("import time; time.sleep(60)\r")
    time.sleep(1)
    t.type("\x03")
    t.expect("KeyboardInterrupt")
    t.expect(">>> ")
    t.type("import sys; sys.exit(3)\r")
    status = t.status()
    # CPython's plain loop dies by the interrupt that it has shown.
    assert status in (3, -signal.SIGINT), status
    t = Terminal(program, ["-q"], env)
    t.expect(">>> ")
    t.type("\x04")
    status = t.status()
    assert status == 0, status


def check(program):
    failures = 0

    def compare(name, wanted, got):
        nonlocal failures
        if wanted != got:
            failures += 1
            print(f"{name}: {program}\n  wanted {wanted!r}\n  got    {got!r}")
    with tempfile.TemporaryDirectory(prefix="repl-") as folder:
        for name, text in FILES.items():
            pathlib.Path(folder, name).write_text(text)
        for name, (text, output) in SESSIONS.items():
            compare(name, (output, 0), run(program, folder, ["-i", "-q"], {}, text))
        for name, (argv, env, text, output, status) in RUNS.items():
            compare(name, (output, status), run(program, folder, argv, env, text))
    for name, env in {"plain": {"PYTHON_BASIC_REPL": "1"}, "line editor": {}}.items():
        try:
            on_terminal(program, env)
        except AssertionError as e:
            failures += 1
            print(f"on a terminal, {name}: {program}\n  {e}")
    return failures


if __name__ == "__main__":
    total = sum(check(os.path.abspath(program)) for program in sys.argv[1:])
    print(f"{len(SESSIONS) + len(RUNS) + 2} cases, {total} fail")
    sys.exit(1 if total else 0)
