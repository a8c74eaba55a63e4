#!/usr/bin/env python3
"""Runs CPython's own test suite and compares with the lists of expected failures.

usage: conform.py --python BIN [--jobs N] [--rebaseline] [--timeout S] [-v] [MODULE...]

MODULE is a test module as test_int or test_json.test_decode; without one, those of tests/cpython/modules.txt. Each runs
in a process and a folder of its own. tests/cpython/expected_failures/MODULE.txt lists what fails, exactly: a failure
that isn't listed fails, and so does a listed test that passes or is gone. Lines of a list:

    test.test_int.IntTest.test_x      this test fails
    ? test.test_int.IntTest.test_y    this one may pass or fail (say why in a comment)
    *                                 the module doesn't import, crashes or hangs
    # ...                             a comment; one after a test's name stays with it when the list is rewritten

--rebaseline rewrites the lists. Where the suite comes from says tools/testsuite.py; without it nothing runs (exit
status 77).
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

import testsuite

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHILD = ROOT / "tools/conform_child.py"
LISTS = ROOT / "tests/cpython/expected_failures"
MODULES = ROOT / "tests/cpython/modules.txt"
SKIPPED = 77


class Expected:
    """The list of one module."""

    def __init__(self, module):
        self.path = LISTS / f"{module}.txt"
        self.broken = False        # the line *
        self.fails = set()
        self.flaky = set()
        self.comments = {}         # by test; under '' those that stand alone
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            entry, hash_, comment = line.partition("#")
            entry = entry.strip()
            if hash_:
                self.comments.setdefault(entry.removeprefix("?").strip(), []).append(comment.strip())
            if entry == "*":
                self.broken = True
            elif entry.startswith("?"):
                self.flaky.add(entry[1:].strip())
            elif entry:
                self.fails.add(entry)

    def rewrite(self, run):
        """Makes the list say what this run was; a list that would be empty is removed."""
        lines = [f"# {c}" for c in self.comments.get("", ())]
        if run.broken:
            lines.append(f"*  # {run.broken}")
        else:
            entries = {name: "" for name in run.failed if name not in self.flaky} | {name: "? " for name in self.flaky}
            for name in sorted(entries):
                comment = "; ".join(self.comments.get(name, ()))
                lines.append(entries[name] + name + (f"  # {comment}" if comment else ""))
        if lines:
            LISTS.mkdir(parents=True, exist_ok=True)
            self.path.write_text("\n".join(lines) + "\n")
        else:
            self.path.unlink(missing_ok=True)


class Run:
    """What one module did: sets of test names, and `broken`, which says why it didn't come to its end."""

    def __init__(self, args, suite, module):
        self.outcomes, self.details = {}, {}
        self.broken = None
        with tempfile.TemporaryDirectory(prefix="conform-") as folder:
            results = pathlib.Path(folder) / "results.jsonl"
            work = pathlib.Path(folder) / "work"
            work.mkdir()
            status, errors = self.spawn(args, suite, module, results, work)
            self.read(results, status, errors)

    def spawn(self, args, suite, module, results, work):
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        env.update(PYTHONPATH=str(suite), TMPDIR=str(work), PYTHONDONTWRITEBYTECODE="")
        process = subprocess.Popen(
            [args.python, "-W", "ignore", str(CHILD), "test." + module, str(results)], cwd=work, env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
        try:
            errors = process.communicate(timeout=args.timeout)[1]
        except subprocess.TimeoutExpired:
            self.broken = f"timed out after {args.timeout:g} s"
            errors = b""
        try:  # also what the tests left running
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate()
        return process.returncode, errors.decode(errors="replace")

    def read(self, results, status, errors):
        running, ended = None, False
        for line in results.read_text(errors="replace").splitlines() if results.exists() else []:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            kind, name = event["event"], event["name"]
            if kind == "start":
                running = name
            elif kind == "end":
                ended = True
            elif "unittest.loader._FailedTest" in name:
                self.broken, running = "doesn't import: " + event["detail"], None
            else:
                self.outcomes[name], self.details[name] = kind, event["detail"]
                running = None
        if not ended and not self.broken:
            last = (errors.strip().splitlines() or [""])[-1][:200]
            self.broken = (f"crashed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}: {last}")
        if running and self.broken:
            self.broken += f", in {running}"

    def having(self, outcome):
        return {name for name, o in self.outcomes.items() if o == outcome}

    @property
    def failed(self):
        return self.having("fail")


def judge(run, expected):
    """Returns the complaints about a run."""
    if run.broken:
        return [] if expected.broken else [run.broken]
    if expected.broken:
        return ["runs to its end now: rewrite its list with --rebaseline"]
    complaints = [f"{name} fails: {run.details[name]}" for name in sorted(run.failed - expected.fails - expected.flaky)]
    for name in sorted(expected.fails - run.failed):
        what = {"pass": "passes now", "skip": "is skipped now"}.get(run.outcomes.get(name), "isn't there")
        complaints.append(f"{name} {what}: delete its line")
    return complaints


def read_modules():
    lines = (line.split("#")[0].strip() for line in MODULES.read_text().splitlines())
    return [line for line in lines if line]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, type=os.path.abspath)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--rebaseline", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true", help="list the expected failures with their reasons too")
    parser.add_argument("module", nargs="*")
    args = parser.parse_args()
    suite, why = testsuite.find()
    if suite is None:
        print(why)
        return SKIPPED
    modules = [m.removeprefix("test.") for m in args.module] or read_modules()
    unknown = [m for m in modules if not (suite / "test" / m.replace(".", "/")).is_dir()
               and not (suite / "test" / (m.replace(".", "/") + ".py")).is_file()]
    if unknown:
        print(f"no such test module: {' '.join(unknown)}")
        return 2
    bad, passed, failed = 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for module, run in zip(modules, pool.map(lambda m: Run(args, suite, m), modules)):
            expected = Expected(module)
            complaints = judge(run, expected)
            passed, failed = passed + len(run.having("pass")), failed + len(run.failed)
            print(f"{module}: {len(run.having('pass'))} pass, {len(run.failed)} fail, {len(run.having('skip'))} skipped"
                  + (f", {run.broken}" if run.broken else ""), flush=True)
            if args.verbose:
                for name in sorted(run.failed):
                    print(f"    {name}: {run.details[name]}")
            if args.rebaseline:
                expected.rewrite(run)
                continue
            bad += bool(complaints)
            for complaint in complaints:
                print(f"  ! {complaint}", flush=True)
    if len(modules) > 1:
        print(f"{passed} tests pass, {failed} fail; {bad} of {len(modules)} modules differ from their lists")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
