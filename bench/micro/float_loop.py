# Floating-point arithmetic in a loop: a small n-body integration and a Mandelbrot row count.
def orbit(steps):
    x, y, vx, vy, dt = 1.0, 0.0, 0.0, 1.0, 0.001
    for _ in range(steps):
        r2 = x * x + y * y
        inverse = 1.0 / (r2 * r2 ** 0.5)
        vx -= x * inverse * dt
        vy -= y * inverse * dt
        x += vx * dt
        y += vy * dt
    return x, y


def mandelbrot(size):
    inside = 0
    for row in range(size):
        ci = 2.0 * row / size - 1.0
        for column in range(size):
            cr = 3.0 * column / size - 2.0
            zr = zi = 0.0
            for _ in range(40):
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                if zr * zr + zi * zi > 4.0:
                    break
            else:
                inside += 1
    return inside


x, y = orbit(1_500_000)
print(f"{x:.6f} {y:.6f}", mandelbrot(320))
