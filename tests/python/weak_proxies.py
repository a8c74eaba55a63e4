# Weak proxies stand for their referents; what is stored through one is stored as it is.
from collections import OrderedDict
from weakref import ProxyType, proxy


class Link:
    __slots__ = "next", "items", "__weakref__"


link = Link()
p = proxy(link)
p.next = p
assert type(link.next) is ProxyType and link.next is p
assert list(OrderedDict()) == list(OrderedDict([])) == [] and OrderedDict() == OrderedDict([])


class D(dict):
    pass


d = D()
p = proxy(d)
p["self"] = p
assert d["self"] is p
for use in lambda: p.__setitem__(p, 1), lambda: p in p, lambda: p.__delitem__(p):
    try:
        use()
    except TypeError as e:
        assert "unhashable" in str(e), e
    else:
        raise AssertionError("a proxy was hashed")

# Registering str as a Sequence makes it no subject of sequence patterns.
match "x":
    case ["x"]:
        raise AssertionError
    case "x":
        pass
