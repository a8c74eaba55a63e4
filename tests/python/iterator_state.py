# Iterators: what pickle gets of them, and where the names in it come from.
import builtins
import copy
import pickle

for source in "abc", b"abc", bytearray(b"abc"), [1, 2, 3], (1, 2, 3), range(3):
    it = iter(source)
    first = next(it)
    for other in copy.copy(it), pickle.loads(pickle.dumps(it)):
        assert [first, *other] == list(source), source
    assert list(it) == list(source)[1:]
    assert list(pickle.loads(pickle.dumps(it))) == [], source

it = iter(b"abcd")
it.__setstate__(2)
assert list(it) == [99, 100]
it.__setstate__(0)
assert list(it) == []
it = iter(bytearray(b"abcd"))
it.__setstate__(99)
assert list(it) == []


# builtins.iter is found although its key only equals "iter"; comparing it may run the iterator to its end.
class Key:
    def __init__(self, name, iterator):
        self.name, self.iterator = name, iterator

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        list(self.iterator)
        return other == self.name


def reduced(iterator, name="iter"):
    function = vars(builtins).pop(name)
    key = Key(name, iterator)
    vars(builtins)[key] = function
    try:
        result = iterator.__reduce__()
    finally:
        del vars(builtins)[key]
        vars(builtins)[name] = function
    assert result[0] is function and len(result) == 2, result
    return result[1]


assert reduced(iter("abc")) == ("",)
assert reduced(iter([1, 2])) == ([],)
assert reduced(reversed([1, 2]), "reversed") == ([],)
for source in b"ab", bytearray(b"ab"), (1, 2), tuple[int]:
    assert reduced(iter(source)) == ((),), source
assert reduced(iter(lambda: 0, 0)) == ((),)
