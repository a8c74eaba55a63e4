# A bare raise adds no second line of its frame to the traceback; frames of the import system are left out of it.
import sys
import traceback


def names(f):
    try:
        f()
    except BaseException as e:
        return [(entry.name, entry.lineno - f.__code__.co_firstlineno) for entry in traceback.extract_tb(e.__traceback__)][1:]


def again():
    try:
        1 / 0
    except ZeroDivisionError:
        raise


def helper():
    raise


def elsewhere():
    try:
        1 / 0
    except ZeroDivisionError:
        helper()


def missing():
    import no_such_module_at_all


assert names(again) == [('again', 2)], names(again)
assert names(elsewhere)[0] == ('elsewhere', 4) and names(elsewhere)[-1] == ('elsewhere', 2), names(elsewhere)
assert 'helper' not in [n for n, _ in names(elsewhere)]
assert names(missing) == [('missing', 1)], names(missing)

# Relative imports.
for scope, error, text in (({}, KeyError, "'__name__' not in globals"),
                           ({'__name__': 'top'}, ImportError, 'attempted relative import with no known parent package'),
                           ({'__package__': '', '__name__': 'x'}, ImportError, 'attempted relative import with no known parent package'),
                           ({'__package__': 5}, TypeError, 'package must be a string'),
                           ({'__package__': 'os'}, ImportError, 'attempted relative import beyond top-level package')):
    try:
        import warnings
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            exec('from .. import x' if 'beyond' in text else 'from . import x', scope)
    except error as e:
        assert text in str(e), (scope, e)
    else:
        raise AssertionError(scope)
