# Attributes of classes that are stored again and again: what is read through warm caches is always what stands there.
import threading


class Base:
    count = 0
    label = "base"


class Derived(Base):
    pass


def via_class():
    return Base.count


def via_subclass():
    return Derived.count


def via_instance(o):
    return o.count


def through_all(o):
    return via_class(), via_subclass(), via_instance(o)


def test_counts():
    o = Derived()
    for i in range(200):
        Base.count += 1
        assert through_all(o) == (i + 1,) * 3, (i, through_all(o))


def test_becomes_a_descriptor_and_back():
    o = Derived()
    for i in range(100):
        Base.count = i
        assert through_all(o) == (i, i, i)
    for i in range(100):
        Base.count = prop = property(lambda self: "computed")
        assert via_class() is prop and via_subclass() is prop and via_instance(o) == "computed"
        Base.count = i
        assert through_all(o) == (i, i, i)
        Base.count = f = lambda self: self
        assert via_class() is f and via_subclass() is f and o.count() is o
        Base.count = i + 0.5
        assert through_all(o) == (i + 0.5,) * 3


def test_shadows():
    o = Derived()
    for i in range(60):
        Base.count = i
        assert through_all(o) == (i, i, i)
        Derived.count = -i
        assert through_all(o) == (i, -i, -i)
        o.count = "own"
        assert through_all(o) == (i, -i, "own")
        del o.count, Derived.count
        assert through_all(o) == (i, i, i)


def test_deleted():
    o = Derived()
    Base.count = 1
    Base.count = 2
    for i in range(60):
        Base.count = i
        assert through_all(o) == (i, i, i)
        del Base.count
        for read in via_class, via_subclass, lambda: via_instance(o):
            try:
                read()
            except AttributeError as e:
                assert "count" in str(e)
            else:
                raise AssertionError("a deleted attribute is found")
        Base.count = i


def test_the_dictionary_grows():
    o = Derived()
    for i in range(300):
        Base.count = i
        setattr(Base, f"more{i}", i)
        assert through_all(o) == (i, i, i)
    for i in range(300):
        delattr(Base, f"more{i}")
        assert through_all(o) == (299, 299, 299)


def test_called():
    class Factory:
        make = int

    def run(f):
        return f.make(), Factory.make()

    f = Factory()
    for kind in (list, dict, str, list, int, dict) * 20:
        Factory.make = kind
        assert run(f) == (kind(), kind())


def test_bases_change():
    class A:
        x = 1

    class B:
        x = -1

    class C(A):
        pass

    def read(c):
        return c.x, C.x

    c = C()
    for i in range(50):
        A.x = i
        B.x = -i
        C.__bases__ = (A,)
        assert read(c) == (i, i)
        C.__bases__ = (B,)
        assert read(c) == (-i, -i)


def test_threads():
    class Shared:
        number = 0
        text = "0"
        either = 0

    lock = threading.Lock()
    done = threading.Event()
    errors = []

    def write(n):
        for i in range(n):
            with lock:
                Shared.number += 1
                Shared.text = str(Shared.number)
            # Neither a raw descriptor nor a value that has died is ever seen by an instance.
            Shared.either = i if i & 3 else property(lambda self: "computed")

    def read():
        s = Shared()
        last = 0
        while not done.is_set():
            n, text, either = Shared.number, s.text, s.either
            if n < last or not text.isdecimal() or not (either == "computed" or type(either) is int):
                errors.append((n, last, text, either))
            last = n

    writers = [threading.Thread(target=write, args=(3000,)) for _ in range(3)]
    readers = [threading.Thread(target=read) for _ in range(3)]
    for t in writers + readers:
        t.start()
    for t in writers:
        t.join()
    done.set()
    for t in readers:
        t.join()
    assert not errors, errors[:3]
    assert Shared.number == 9000 and Shared.text == "9000"


for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
