"""Ways to start a program, and what the command line says of imports: each checked from outside."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

PYTHON = os.path.abspath(sys.argv[1])
SHOW = """
import sys
print(__name__, repr(__package__), __spec__.name if __spec__ else None, type(__loader__).__name__)
print(sys.argv)
print(repr(sys.path[0]))
"""


def run(*arguments, input=None, status=0, cwd=None, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    p = subprocess.run([PYTHON, *map(str, arguments)], capture_output=True, text=True, timeout=100, input=input, cwd=cwd,
                       env={**clean, **environment})
    assert p.returncode == status, (arguments, p)
    return p


def lines(*arguments, **kw):
    return run(*arguments, **kw).stdout.splitlines()


def check(got, want):
    assert got == want, f"\n got: {got}\nwant: {want}"


def test_kinds(folder):
    script = folder / "script.py"
    script.write_text(SHOW)
    package = folder / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(SHOW)
    (package / "part.py").write_text(SHOW)
    check(lines(script, "a"), ["__main__ None None SourceFileLoader", repr([str(script), "a"]), repr(str(folder))])
    check(lines("-P", script)[2:] != [repr(str(folder))], True)
    check(lines("-I", script)[2:] != [repr(str(folder))], True)
    check(lines("-", "a", input=SHOW)[1:], ["['-', 'a']", "''"])
    check(lines(input=SHOW)[1:], ["['']", "''"])
    check(lines("-m", "pkg", "a", cwd=folder),
          ["__main__ 'pkg' pkg.__main__ SourceFileLoader", repr([str(package / "__main__.py"), "a"]), repr(str(folder))])
    check(lines("-m", "pkg.part", cwd=folder)[0], "__main__ 'pkg' pkg.part SourceFileLoader")
    check(lines(package, "a"), ["__main__ '' __main__ SourceFileLoader", repr([str(package), "a"]), repr(str(package))])
    check(lines("-I", package)[2], repr(str(package)))
    check(lines("./pkg/part.py", cwd=folder), ["__main__ None None SourceFileLoader", "['./pkg/part.py']", repr(str(package))])
    check(lines("-c", "print(__loader__.__name__)"), ["BuiltinImporter"])
    archive = folder / "app.zip"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("__main__.py", SHOW + "import inner; print(inner.__file__)")
        z.writestr("inner.py", "")
    check(lines(archive, "a"), ["__main__ '' __main__ zipimporter", repr([str(archive), "a"]), repr(str(archive)),
                                str(archive / "inner.py")])
    (folder / "shebang").write_bytes(b"#!/usr/bin/env python3\n" + archive.read_bytes())
    check(lines(folder / "shebang")[0], "__main__ '' __main__ zipimporter")
    empty = folder / "empty"
    empty.mkdir()
    assert "can't find '__main__' module in" in run(empty, status=1).stderr


def test_compiled_program(folder):
    (folder / "m.py").write_text(SHOW)
    run("-m", "compileall", "-q", "-b", folder)
    os.unlink(folder / "m.py")
    check(lines(folder / "m.pyc", "a"), ["__main__ None None SourcelessFileLoader", repr([str(folder / "m.pyc"), "a"]), repr(str(folder))])
    (folder / "bad.pyc").write_bytes(b"bad!" + bytes(40))
    assert "RuntimeError: Bad magic number in .pyc file" in run(folder / "bad.pyc", status=1).stderr
    whole = (folder / "m.pyc").read_bytes()
    (folder / "cut.pyc").write_bytes(whole[:len(whole) // 2])
    assert re.search("EOFError|ValueError|RuntimeError", run(folder / "cut.pyc", status=1).stderr)


def test_skipped_line(folder):
    (folder / "s").write_text("not python at all (\nimport sys\nprint(sys._getframe().f_lineno)\n")
    check(lines("-x", folder / "s"), ["3"])
    run(folder / "s", status=1)
    (folder / "one").write_text("no line end")
    check(lines("-x", folder / "one"), [])


def test_import_time(folder):
    (folder / "outer.py").write_text("import inner")
    (folder / "inner.py").write_text("import time\nt = time.monotonic()\nwhile time.monotonic() < t + 0.05: pass")
    for options, environment in ((["-X", "importtime"], {}), ([], {"PYTHONPROFILEIMPORTTIME": "1"})):
        out = run(*options, "-c", "import outer", PYTHONPATH=str(folder), **environment).stderr.splitlines()
        check(out[0], "import time: self [us] | cumulative | imported package")
        rows = {}
        for row in out[1:]:
            m = re.fullmatch(r"import time: +(\d+) \| +(\d+) \| ( *)([\w.]+)", row)
            assert m, row
            rows[m[4]] = int(m[1]), int(m[2]), len(m[3])
        assert list(rows)[-1] == "outer" and list(rows)[-2] == "inner" and "site" in rows, rows
        assert rows["inner"][2] == 2 and rows["outer"][2] == 0, rows
        assert rows["inner"][0] >= 50000 and rows["outer"][1] >= rows["inner"][1] and rows["outer"][0] < 50000, rows
    out = run("-X", "importtime=2", "-c", "import os").stderr.splitlines()
    check(out[-1], "import time: cached    | cached     | os")


def test_frozen(folder):
    origin, name, file = lines("-c", "import os; print(os.__spec__.origin, os.walk.__code__.co_filename, os.__file__, sep='|')")[0].split("|")
    check((origin, name), ("frozen", "<frozen os>"))
    assert file.endswith("/os.py") and os.path.exists(file), file
    for off in ({"options": ["-X", "frozen_modules=off"]}, {"options": [], "PYTHON_FROZEN_MODULES": "off"}):
        options = off.pop("options")
        check(lines(*options, "-c", "import os; print(os.__spec__.origin == os.__file__)", **off), ["True"])
    assert "frozen_modules" in run("-X", "frozen_modules=maybe", "-c", "", status=1).stderr
    # The library's text is shown in tracebacks all the same.
    assert "<frozen" in run("-c", "import os; os.makedirs('/proc/none/x')", status=1).stderr


def test_hash_based(folder):
    source = folder / "m.py"
    source.write_text("print('one')")
    compile_ = f"import py_compile, sys; py_compile.compile({str(source)!r}, invalidation_mode=py_compile.PycInvalidationMode.%s)"
    run("-c", compile_ % "CHECKED_HASH")
    source.write_text("print('two')")
    check(lines("-c", "import m", cwd=folder), ["two"])
    source.write_text("print('one')")
    run("-c", compile_ % "UNCHECKED_HASH")
    source.write_text("print('two')")
    check(lines("-c", "import m", cwd=folder), ["one"])
    check(lines("--check-hash-based-pycs", "always", "-c", "import m", cwd=folder), ["two"])
    run("--check-hash-based-pycs", "sometimes", "-c", "", status=2)


def test_verbose_and_interactive(folder):
    err = run("-v", "-c", "import abc, json").stderr
    assert re.search(r"^import 'json' # <", err, re.M), err[-500:]
    (folder / "s.py").write_text("x = 5")
    p = run("-i", folder / "s.py", input="x + 1\n")
    assert "6" in p.stdout, p
    p = run("-i", "-q", "-c", "x = 7", input="x + 1\n")
    assert "8" in p.stdout and "Python" not in p.stderr, p


def test_environment_and_user_site(folder):
    check(lines("-E", "-c", "import sys; print(sys.flags.ignore_environment, sys.flags.optimize)", PYTHONOPTIMIZE="2"), ["1 0"])
    check(lines("-c", "import sys; print(sys.flags.optimize)", PYTHONOPTIMIZE="2"), ["2"])
    check(lines("-s", "-c", "import sys, site; print(sys.flags.no_user_site, site.ENABLE_USER_SITE)"), ["1 False"])
    check(lines("-I", "-c", "import sys; print(sys.flags.isolated, sys.flags.safe_path, sys.flags.no_user_site, sys.flags.ignore_environment)"),
          ["1 True 1 1"])


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            with tempfile.TemporaryDirectory() as folder:
                test(pathlib.Path(folder).resolve())


if __name__ == "__main__":
    main()
