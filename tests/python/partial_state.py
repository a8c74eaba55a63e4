# functools.partial and cmp_to_key: state, attributes, signatures.
import functools
import inspect

p = functools.partial(int)
p.note = 1
p.__setstate__((max, (1,), {"default": 0}, {"other": 2}))
assert (p.func, p.args, p.keywords, p.__dict__) == (max, (1,), {"default": 0}, {"other": 2})
p.__setstate__((max, (1,), {}, None))
assert p.__dict__ == {} and p(5) == 5


# Objects of native classes keep their __dict__; those of classes made by statements may lose it, and get another.
class Sub(functools.partial):
    pass


class Plain:
    pass


def f():
    pass


for o in functools.partial(int), Sub(int), ValueError(), functools.lru_cache(f), staticmethod(f), f:
    try:
        del o.__dict__
    except TypeError as e:
        assert str(e) == "cannot delete __dict__", e
    else:
        raise AssertionError(o)
    o.__dict__ = {"a": 1}
    assert o.a == 1
o = Plain()
o.a = 1
del o.__dict__
assert o.__dict__ == {}

key = functools.cmp_to_key(lambda a, b: b - a)
assert str(inspect.signature(key)) == "(obj)" and sorted([1, 3, 2], key=key) == [3, 2, 1]
