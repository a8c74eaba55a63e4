"""The known experiments of free threading: does the same work take less time on more threads?

usage: scaling.py [--quick] [--list] [EXPERIMENT...]

Each experiment splits a fixed amount of work among 1, 2, 4 and 8 threads, and shows the least of five times, in
seconds, and how many times as fast 2 and 8 threads are as one. With a GIL that stays at 1.0; without, it reaches the
number of cores where nothing is shared but the interpreter.
"""
import os
import sys
import threading
import time

THREADS = (1, 2, 4, 8)
ROUNDS = 5
SHARES = 8  # each experiment's work is cut into so many equal shares, or a multiple


def run_threads(count, work):
    """Runs work(i) for i in range(count), each in its own thread; returns the seconds and what they returned."""
    results = [None] * count
    errors = []

    def body(i):
        try:
            results[i] = work(i)
        except BaseException as e:
            errors.append(e)
            raise

    threads = [threading.Thread(target=body, args=(i,)) for i in range(count)]
    begin = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    seconds = time.perf_counter() - begin
    if errors:
        raise errors[0]
    return seconds, results


def split(count, task):
    """Runs task(0) ... task(SHARES - 1) on `count` threads; returns the seconds and the results in order."""
    per_thread = SHARES // count

    def work(i):
        return [task(s) for s in range(i * per_thread, (i + 1) * per_thread)]

    seconds, parts = run_threads(count, work)
    return seconds, [r for part in parts for r in part]


def expect(got, want):
    if got != want:
        raise AssertionError(f"wrong result: {got!r}, expected {want!r}")


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def fibonacci(threads, quick):
    """naive recursive fibonacci"""
    n, want = (12, 144) if quick else (30, 832040)
    seconds, results = split(threads, lambda share: fib(n))
    expect(results, [want] * SHARES)
    return seconds, ""


def count_primes(low, high):
    count = 0
    for n in range(max(low, 2), high):
        d = 2
        while d * d <= n:
            if n % d == 0:
                break
            d += 1
        else:
            count += 1
    return count


def primes(threads, quick):
    """counting primes in a ThreadPoolExecutor"""
    from concurrent.futures import ThreadPoolExecutor
    limit, step, want = (2_000, 125, 303) if quick else (480_000, 2_500, 40_005)
    begin = time.perf_counter()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        counts = pool.map(count_primes, range(0, limit, step), range(step, limit + step, step))
        expect(sum(counts), want)
    return time.perf_counter() - begin, ""


def squares(threads, quick):
    """sum(i * i for i in range(n))"""
    n = 1_000 if quick else 1_000_000
    seconds, results = split(threads, lambda share: sum(i * i for i in range(n)))
    expect(results, [(n - 1) * n * (2 * n - 1) // 6] * SHARES)
    return seconds, ""


SHARED_LIST = list(range(1_000_000))


def shared_list(threads, quick):
    """a comprehension over chunks of one shared list"""
    repeat = 1 if quick else 60
    chunk = (8_000 if quick else len(SHARED_LIST)) // SHARES

    def task(share):
        total = 0
        for _ in range(repeat):
            doubled = [x * 2 for x in SHARED_LIST[share * chunk:(share + 1) * chunk]]
            total += len(doubled) + doubled[-1]
        return total

    seconds, results = split(threads, task)
    expect(results, [repeat * (chunk + 2 * ((share + 1) * chunk - 1)) for share in range(SHARES)])
    return seconds, ""


def sha256(threads, quick):
    """hashlib.sha256 of short messages"""
    import hashlib
    rounds = 100 if quick else 250_000

    def task(share):
        digest = b"orochi"
        for _ in range(rounds):
            digest = hashlib.sha256(digest).digest()
        return digest

    seconds, results = split(threads, task)
    expect(len(set(results)), 1)
    return seconds, ""


def counting(threads, quick):
    """a plain counting loop"""
    n = 1_000 if quick else 8_000_000

    def task(share):
        i = 0
        while i < n:
            i += 1
        return i

    seconds, results = split(threads, task)
    expect(results, [n] * SHARES)
    return seconds, ""


def sleeping(threads, quick):
    """50 threads that sleep 0.2 s at once, started by 1, 2, 4 or 8"""
    nap = 0.02 if quick else 0.2
    shares = [50 * i // threads for i in range(threads + 1)]

    def work(i):
        run_threads(shares[i + 1] - shares[i], lambda j: time.sleep(nap))

    return run_threads(threads, work)[0], ""


def unlocked(threads, quick):
    """a shared counter without a lock: updates are lost"""
    n = 1_000 if quick else 1_000_000
    counter = [0]

    def task(share):
        for _ in range(n):
            counter[0] += 1

    seconds, _ = split(threads, task)
    lost = n * SHARES - counter[0]
    # A thread that is interrupted between reading and writing undoes what all others did meanwhile: no share is safe.
    if lost < 0 or counter[0] < 2 or (threads == 1 and lost):
        raise AssertionError(f"impossible count {counter[0]} of {n * SHARES}")
    return seconds, f"{100 * lost / (n * SHARES):.0f} % lost"


def locked(threads, quick):
    """a shared counter with a lock"""
    n = 1_000 if quick else 400_000
    counter = 0
    lock = threading.Lock()

    def task(share):
        nonlocal counter
        for _ in range(n):
            with lock:
                counter += 1

    seconds, _ = split(threads, task)
    expect(counter, n * SHARES)
    return seconds, ""


def processes(threads, quick):
    """fibonacci again, in processes of os.fork instead of threads"""
    n, want = (12, 144) if quick else (30, 832040)
    per_process = SHARES // threads
    begin = time.perf_counter()
    children = []
    for _ in range(threads):
        child = os.fork()
        if child == 0:
            right = False
            try:
                right = all(fib(n) == want for _ in range(per_process))
            finally:
                os._exit(0 if right else 1)
        children.append(child)
    expect([os.waitpid(child, 0)[1] for child in children], [0] * threads)
    return time.perf_counter() - begin, ""


EXPERIMENTS = (fibonacci, primes, squares, shared_list, sha256, counting, sleeping, unlocked, locked, processes)


def show(experiment, quick):
    # The rounds take turns, so that what else the machine does falls on all of them.
    rounds = [[experiment(threads, quick) for threads in THREADS] for _ in range(1 if quick else ROUNDS)]
    best = [min(runs) for runs in zip(*rounds)]
    times = [seconds for seconds, _ in best]
    notes = [note for _, note in best if note]
    cells = " ".join(f"{t:8.3f}" for t in times)
    note = f"  ({notes[-1]} with {THREADS[-1]})" if notes else ""
    print(f"{experiment.__name__:<12} {cells}  {times[0] / times[1]:5.2f} {times[0] / times[-1]:6.2f}   "
          f"{experiment.__doc__}{note}", flush=True)


def main(arguments):
    known = {e.__name__: e for e in EXPERIMENTS}
    options = {a for a in arguments if a.startswith("-")}
    names = [a for a in arguments if not a.startswith("-")]
    unknown = [n for n in names if n not in known] + sorted(options - {"--quick", "--list"})
    if unknown:
        print(f"scaling.py: unknown: {' '.join(unknown)}\n{__doc__}", file=sys.stderr)
        return 2
    if "--list" in options:
        print("\n".join(known))
        return 0
    print(f"{sys.implementation.name} {sys.version.split()[0]}, {os.cpu_count()} cores")
    print(f"{'threads:':<12} {' '.join(f'{t:>8}' for t in THREADS)}    2: x   8: x")
    for name in names or known:
        show(known[name], "--quick" in options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
