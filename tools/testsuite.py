#!/usr/bin/env python3
"""Puts CPython's test suite together in build/testsuite and prints the folder that holds its package `test`.

Debian cuts the package `test` in two: libpython3.14-testsuite has the tests, libpython3.14-stdlib has what they stand
on (test/__init__.py, test/support). The first comes from OROCHI_TESTSUITE or ../shared/conformance; the second from the
same folder, from the peers' folder (~/.cache/peers/debs), or else from Debian's unstable suite, by the mirror that this
machine uses. OROCHI_TESTSUITE may name a folder with such packages or one with a complete package `test`.
"""
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT = ROOT / "build/testsuite"
INSIDE = "usr/lib/python3.14"
TESTS, SUPPORT = "libpython3.14-testsuite", "libpython3.14-stdlib"


def newest(package, folders):
    found = [deb for folder in folders for deb in sorted(pathlib.Path(folder).glob(f"{package}_*.deb"))]
    return found[-1] if found else None


def download(package, folder):
    """Fetches a package of Debian unstable without touching the machine's own apt state; None if that fails."""
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
                             capture_output=True, text=True)
    mirrors = [uri for uri in listing.stdout.split() if re.search(r"/debian/?$", uri)]
    if not mirrors:
        return None
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(
        f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {mirrors[0]} sid main\n")
    apt = ["apt-get", "-qq", "-o", f"Dir::State={folder}/state", "-o", f"Dir::Cache={folder}/cache", "-o",
           f"Dir::Etc::sourcelist={folder}/sources.list", "-o", "Dir::Etc::sourceparts=/dev/null",
           "-o", "APT::Sandbox::User=root"]
    for command in (["update"], ["download", package]):
        if subprocess.run([*apt, *command], cwd=folder, stdout=subprocess.DEVNULL).returncode != 0:
            return None
    return newest(package, [folder])


def unpack(deb, target, *members):
    archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(target), *members], stdin=archive.stdout, check=True)
    archive.stdout.close()
    if archive.wait() != 0:
        raise OSError(f"{deb} cannot be unpacked")


def build(tests, folders):
    with tempfile.TemporaryDirectory(dir=BUILT.parent) as scratch:
        scratch = pathlib.Path(scratch)
        support = newest(SUPPORT, [*folders, pathlib.Path.home() / ".cache/peers/debs"])
        support = support or download(SUPPORT, scratch / "apt")
        if support is None:
            return False
        tree = scratch / "tree"
        tree.mkdir()
        unpack(support, tree, f"./{INSIDE}/test")
        unpack(tests, tree)
        shutil.rmtree(BUILT, ignore_errors=True)
        tree.rename(BUILT)
    return True


def complete(folder):
    return (folder / "test/support/__init__.py").is_file() and (folder / "test/test_int.py").is_file()


def find():
    """Returns (folder, ''), or (None, why there is none)."""
    given = os.environ.get("OROCHI_TESTSUITE")
    if given:
        folder = pathlib.Path(given).resolve()
        if complete(folder):
            return folder, ""
        folders = [folder]
    else:
        folders = [ROOT.parent / "shared/conformance"]
    result = BUILT / INSIDE
    BUILT.parent.mkdir(exist_ok=True)
    with open(BUILT.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if complete(result):
            return result, ""
        tests = newest(TESTS, folders)
        if tests is None:
            return None, (f"CPython's test suite is not here: set OROCHI_TESTSUITE to a folder with {TESTS}_*.deb, or "
                          "with a complete package `test`")
        if not build(tests, folders):
            return None, f"{SUPPORT}, which holds test/support, is neither here nor can it be downloaded"
    return result, ""


def main():
    folder, why = find()
    print(folder if folder else why)
    return 0 if folder else 77


if __name__ == "__main__":
    sys.exit(main())
