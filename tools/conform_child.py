"""Runs one test module of CPython's suite under the interpreter that executes this file.

usage: PYTHON conform_child.py MODULE RESULTS

Appends one JSON line per event to RESULTS as it happens, so that a crash or a time-out loses nothing that ran before.
Needs little of the interpreter: unittest, and no more of json than is written here.
"""
import sys
import unittest


def quote(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c <= "~" else "\\u%04x" % min(ord(c), 0xFFFD) for c in escaped) + '"'


class Recorder(unittest.TestResult):
    """Keeps the worst outcome of each test; a failing subtest fails its test."""

    def __init__(self, out):
        super().__init__()
        self.out = out
        self.outcome = None
        self.detail = ""

    def record(self, event, name, detail=""):
        self.out.write('{"event": %s, "name": %s, "detail": %s}\n' % (quote(event), quote(name), quote(detail[:300])))
        self.out.flush()

    def settle(self, test, outcome, detail=""):
        if self.outcome is None:  # no test is running: setUpClass, setUpModule or their counterparts
            self.record("skip" if outcome == "skip" else "fail", test.id(), detail)
        elif self.outcome != "fail":
            self.outcome, self.detail = outcome, detail

    def startTest(self, test):
        super().startTest(test)
        self.outcome, self.detail = "pass", ""
        self.record("start", test.id())

    def stopTest(self, test):
        self.record(self.outcome, test.id(), self.detail)
        self.outcome = None
        super().stopTest(test)

    def failed(self, test, error):
        if test.id().startswith("unittest.loader."):  # an import that failed: its traceback ends with the reason
            self.settle(test, "fail", str(error[1]).strip().splitlines()[-1])
        else:
            self.settle(test, "fail", "%s: %s" % (error[0].__name__, " ".join(str(error[1]).split())))

    def addFailure(self, test, err):
        self.failed(test, err)

    def addError(self, test, err):
        self.failed(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.failed(test, err)

    def addSkip(self, test, reason):
        self.settle(test, "skip", str(reason))

    def addExpectedFailure(self, test, err):
        self.settle(test, "pass")

    def addUnexpectedSuccess(self, test):
        self.settle(test, "fail", "unexpected success")


def main():
    module, path = sys.argv[1:]
    del sys.argv[1:]
    with open(path, "a") as out:
        recorder = Recorder(out)
        try:
            suite = unittest.defaultTestLoader.loadTestsFromName(module)
        except unittest.SkipTest as reason:
            recorder.record("skip", module, str(reason))
        else:
            suite.run(recorder)
        recorder.record("end", module)


if __name__ == "__main__":
    main()
