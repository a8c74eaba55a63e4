# Classes with several bases: sequences or mappings to match statements, as the first base of the MRO that is either says.
from collections import UserDict, UserList
from collections.abc import Mapping, Sequence


def kind(subject):
    match subject:
        case {}:
            return "mapping"
        case [*_]:
            return "sequence"


class Plain:
    pass


def make(*bases):
    methods = {"__len__": lambda self: 0, "__getitem__": lambda self, key: None, "__iter__": lambda self: iter(())}
    return type("C", bases, methods)()


for bases, expected in {
        (UserDict, Sequence): "mapping", (Plain, UserDict, Sequence): "mapping", (UserDict, Plain, list): "mapping",
        (dict, Sequence, Plain): "mapping", (UserList, Mapping): "sequence", (Plain, UserList, Mapping): "sequence",
        (list, Plain, Mapping): "sequence", (UserList, dict, Plain): "sequence", (Plain,): None, (Plain, list): "sequence",
}.items():
    assert kind(make(*bases)) == expected, (bases, kind(make(*bases)))
