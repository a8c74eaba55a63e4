"""Generators closed and thrown into by some threads while others advance them: each call gives an item, ends the generator, or says
that it is executing already.
"""

from racing import Token, in_threads, make_random


def endless(log):
    try:
        i = 0
        while True:
            yield Token(i)
            i += 1
    finally:
        log.append("end")


def outer(log):
    yield from endless(log)


def use(index, generators, make):
    random = make_random(index + 1)
    for _ in range(2000):
        g, log = generators[0]
        try:
            choice = random(8)
            if choice == 0:
                g.close()
                generators[0] = make()
            elif choice == 1:
                g.throw(KeyError("thrown"))
            elif choice == 2:
                frame = g.gi_frame
                if frame is not None:
                    frame.f_locals.get("i"), frame.f_lineno
            else:
                next(g).verify()
        except (StopIteration, KeyError):
            generators[0] = make()
        except ValueError as error:
            assert "already executing" in str(error), error
        assert len(log) <= 1, log


def main():
    for function in endless, outer:
        def make():
            log = []
            return function(log), log
        in_threads(8, use, [make()], make)
    print("ok")


main()
