# Where super() looks, and when __class__ is there.
class Pretended:
    text = "pretended"

    def __init__(self, *args):
        self.args = args


class Base:
    def name(self):
        return "base"


class C(Base):
    def alone(self):
        return super().text, super().args

    def called(self):
        return super(C, self).args

    def name(self):
        return super().name()


c = C()
assert c.name() == "base"
# Another global of that name is called with what is written.
super = Pretended
assert c.alone() == ("pretended", ()) and c.called() == (C, c)
del super
assert c.name() == "base"


# A metaclass's mro() may call functions of the class that is being made.
seen = []


class Meta(type):
    def mro(cls):
        cls.__dict__["early"]()
        return super().mro()


class Made(metaclass=Meta):
    def early():
        seen.append(__class__)


assert seen == [Made]


# mro() is looked up on the metaclass, not on a class that is a metaclass itself.
class Inner(type):
    pass


made = Inner("made", (Inner,), {})
assert made.__mro__ == (made, Inner, type, object)


# A comparison that isn't there, as its descriptor says, is as good as none; other errors come through.
def missing(self):
    raise AttributeError("missing")


def broken(self):
    raise ValueError("broken")


class Missing:
    __eq__ = __lt__ = property(missing)


class Broken:
    __eq__ = property(broken)


assert not Missing() == Missing() and Missing() != 1
try:
    Missing() < Missing()
except TypeError as e:
    assert "not supported" in str(e)
else:
    raise AssertionError
try:
    Broken() == 1
except ValueError as e:
    assert str(e) == "broken"
else:
    raise AssertionError
