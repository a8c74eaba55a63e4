# What dataclasses with slots and asyncio ask of sys.
import sys
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Point:
    x: int
    y: int = 0


assert Point(1) == Point(1, 0) and not hasattr(Point(1), '__dict__')
before = sys.get_asyncgen_hooks()
assert before.firstiter is None and before.finalizer is None and len(before) == 2
sys.set_asyncgen_hooks(firstiter=print)
assert sys.get_asyncgen_hooks().firstiter is print
sys.set_asyncgen_hooks(*before)
assert sys.get_asyncgen_hooks() == before
