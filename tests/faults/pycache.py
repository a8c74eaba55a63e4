"""Caches of compiled code under bad conditions: a full disk, a kill while one is written, octets cut off or changed.

Whatever happens, a cache file that is there is whole, and one that isn't whole raises or is made anew; nothing crashes.
"""
import glob
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

PYTHON = os.path.abspath(sys.argv[1])
# ThreadSanitizer's runtime writes a file of its own before main() and is killed if it may not.
SMALLEST_FILE = 1 if b"__tsan_init" in pathlib.Path(PYTHON).read_bytes() else 0
MODULE = '''"""Docs."""
import sys
TABLE = {"a": (1, 2.5, None), "b": b"octets"}
def f(x, *, y=3):
    try:
        return [x + i for i in range(y)]
    except TypeError as e:
        return e
class C:
    def m(self): return TABLE
assert f(1) == [1, 2, 3]
'''
# Loads each cache file below the folder: prints how many there are, and fails at one that doesn't load.
LOAD_ALL = """
import glob, marshal, sys
from importlib.util import MAGIC_NUMBER
names = glob.glob(sys.argv[1] + '/**/*.pyc', recursive=True)
for name in names:
    data = open(name, 'rb').read()
    assert data[:4] == MAGIC_NUMBER, name
    marshal.loads(data[16:])
print(len(names))
"""
# Imports one module from ever shorter, and from changed, cache files, in one process.
DAMAGE = """
import importlib, random, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import m
path = m.__cached__
whole = open(path, 'rb').read()
outcomes = {}
def attempt(data):
    with open(path, 'wb') as f: f.write(data)
    sys.modules.pop('m', None)
    importlib.invalidate_caches()
    try:
        import m
        assert m.f(1) == [1, 2, 3]
        outcome = 'works'
    except (EOFError, ValueError, TypeError) as e:
        outcome = type(e).__name__
    except ImportError as e:
        assert 'Non-code object' in str(e), e
        outcome = 'no code'
    outcomes[outcome] = outcomes.get(outcome, 0) + 1
for n in range(len(whole)):
    attempt(whole[:n])
assert 'works' in outcomes and outcomes['EOFError'] > 100, outcomes  # a cut header is no cache at all
random.seed(5)
for i in range(2000):
    data = bytearray(whole)
    for _ in range(random.choice([1, 1, 2, 30])):
        data[random.randrange(16, len(data))] = random.randrange(256)
    attempt(bytes(data))
attempt(whole)
print(outcomes)
"""


CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def run(*arguments, check=True, env=CLEAN, **kw):
    p = subprocess.run([PYTHON, *arguments], capture_output=True, text=True, timeout=250, env=env, **kw)
    if check and p.returncode:
        sys.exit(f"{arguments} ends with {p.returncode}:\n{p.stdout}{p.stderr}")
    return p


def caches(folder):
    return glob.glob(f"{folder}/**/__pycache__/*", recursive=True)


def write_module(folder, name="m"):
    path = pathlib.Path(folder, name + ".py")
    path.write_text(MODULE)
    return path


def test_written_once_and_renewed(folder):
    source = write_module(folder)
    show = f"import sys; sys.path.insert(0, {folder!r}); import m; print(m.__cached__)"
    path = run("-c", show).stdout.strip()
    assert path.startswith(f"{folder}/__pycache__/m.orochi-314t") and path.endswith(".pyc"), path
    first = os.stat(path)
    run("-c", show)
    assert os.stat(path).st_ino == first.st_ino, "written again"
    os.utime(source, (1, 1))
    run("-c", show)
    assert os.stat(path).st_ino != first.st_ino, "not renewed though the source has changed"
    run("-OO", "-c", show)
    assert os.path.exists(path.replace(".pyc", ".opt-2.pyc"))


def test_not_written(folder):
    write_module(folder)
    show = f"import sys; sys.path.insert(0, {folder!r}); import m"
    run("-B", "-c", show)
    run("-c", show, env={**CLEAN, "PYTHONDONTWRITEBYTECODE": "1"})
    assert not caches(folder), caches(folder)
    elsewhere = os.path.join(folder, "elsewhere")
    run("-X", f"pycache_prefix={elsewhere}", "-c", show)
    run("-c", show, env={**CLEAN, "PYTHONPYCACHEPREFIX": elsewhere + "2"})
    for prefix in (elsewhere, elsewhere + "2"):
        assert os.path.exists(f"{prefix}{folder}/m.orochi-314t.pyc"), prefix
    assert not os.path.exists(os.path.join(folder, "__pycache__"))


def test_damage(folder):
    write_module(folder)
    run("-c", f"import sys; sys.path.insert(0, {folder!r}); import m")
    run("-c", DAMAGE, folder)


def test_file_size_limit(folder):
    write_module(folder)
    show = f"import sys; sys.path.insert(0, {folder!r}); import m; print(m.f(1))"
    for limit in (0, 1, 16, 300):
        if limit < SMALLEST_FILE:
            continue
        p = run("-c", show, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        assert p.stdout == "[1, 2, 3]\n" and not p.stderr, p
        assert not caches(folder), f"left behind at {limit}: {caches(folder)}"


def test_full_disk(folder):
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        return  # only root may; the limit above is like it
    try:
        write_module(disk)
        with open(os.path.join(disk, "filler"), "wb", buffering=0) as f:
            try:
                while f.write(b"x" * 512):
                    pass
            except OSError:
                pass
        p = run("-c", f"import sys; sys.path.insert(0, {disk!r}); import m; print(m.f(1))")
        assert p.stdout == "[1, 2, 3]\n" and not p.stderr, p
        assert all(os.path.getsize(c) == 0 or c.endswith(".pyc") for c in caches(disk)), caches(disk)
        run("-c", LOAD_ALL, disk)
        os.unlink(os.path.join(disk, "filler"))
        run("-c", f"import sys; sys.path.insert(0, {disk!r}); import m")
        assert run("-c", LOAD_ALL, disk).stdout == "1\n"
    finally:
        subprocess.run(["umount", disk], check=True)


def test_killed_while_writing(folder):
    for i in range(150):
        write_module(folder, f"m{i}")
    random.seed(3)
    for _ in range(12):
        for c in caches(folder):
            if random.random() < 0.5:
                os.unlink(c)
        p = subprocess.Popen([PYTHON, "-m", "compileall", "-q", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env=CLEAN)
        time.sleep(random.uniform(0.2, 0.9))
        p.send_signal(signal.SIGKILL)
        p.wait()
        run("-c", LOAD_ALL, folder)
    run("-m", "compileall", "-q", folder)
    assert run("-c", LOAD_ALL, folder).stdout == "150\n"


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            with tempfile.TemporaryDirectory() as folder:
                test(os.path.realpath(folder))


if __name__ == "__main__":
    main()
