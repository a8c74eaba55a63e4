"""Threads with a small stack compile what is deeply nested, recurse in natives, and sort: exceptions, no crash."""

import threading

SOURCES = ["(" * 150 + "1" + ")" * 150, "(" * 150, "-" * 5000 + "1", "not " * 3000 + "x", "lambda: " * 2000 + "1", "[" * 180 + "]" * 180,
           "f(" * 190 + ")" * 190, "a" + ".b()" * 3000, "1" + "+1" * 3000, "x if y else " * 2000 + "z", "f(" * 100 + "1 2" + ")" * 100,
           "{1:" * 150 + "1" + "}" * 150, "a" + "[0]" * 2000, "1 if " * 100, "**" * 100 + "a", "*a, " * 500 + "= b", "(yield " * 100 + ")" * 100]


class Node:
    def __init__(self, next):
        self.next = next

    def __repr__(self):
        return f"Node({self.next!r})"

    def __eq__(self, other):
        return self.next == other.next

    def __hash__(self):
        return hash(self.next)


def nested(make, depth=5000):
    value = make(None)
    for _ in range(depth):
        value = make(value)
    return value


def tried(function, *arguments):
    try:
        function(*arguments)
    except (RecursionError, MemoryError, SyntaxError, ValueError, NameError, TypeError):
        pass


def everything(finished):
    for source in SOURCES:
        tried(compile, source, "<test>", "exec")
        tried(eval, source, {})
    lists, tuples, nodes = nested(lambda v: [v]), nested(lambda v: (v,)), nested(Node)
    dicts = nested(lambda v: {1: v})
    for value in lists, tuples, nodes, dicts:
        tried(repr, value)
        tried(lambda: value == value)
    tried(lambda: lists == nested(lambda v: [v]))
    tried(lambda: nodes == nested(Node))
    tried(hash, tuples)
    tried(hash, nodes)
    tried(isinstance, 1, nested(lambda v: (int,) if v is None else (v,)))
    tried(sorted, [3, 1, 2])

    def recurse(n):
        return sum(recurse(n + 1) for _ in range(1))
    tried(recurse, 0)
    finished.append(1)


def main():
    for size in (256 * 1024, 512 * 1024, 0):
        threading.stack_size(size)
        finished = []
        threads = [threading.Thread(target=everything, args=(finished,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert finished == [1, 1, 1], finished
    print("ok")


main()
