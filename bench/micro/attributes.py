# Reading and writing attributes: instance, class, slots, property, several classes at one site.
class Point:
    dimensions = 2

    def __init__(self, x, y):
        self.x = x
        self.y = y

    @property
    def length2(self):
        return self.x * self.x + self.y * self.y


class Point3(Point):
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def walk(points, rounds):
    total = 0
    for _ in range(rounds):
        for p in points:
            p.x += 1
            p.y ^= p.x
            total += p.x - p.y
    return total


def properties(p, rounds):
    total = 0
    for _ in range(rounds):
        total += p.length2 + p.dimensions
    return total


print(walk([Point(i, i + 1) for i in range(100)], 22_000),
      walk([Point(1, 2), Point3(3, 4, 5), Slotted(6, 7)] * 30, 11_000),
      properties(Point(3, 4), 1_400_000))
