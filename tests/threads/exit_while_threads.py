"""The interpreter ends while daemon threads run, hold locks, wait, and collect garbage: status 0, no message."""

import subprocess
import sys

PROGRAMS = {
    "running": "import threading, gc\n"
               "def run():\n"
               "    while True:\n"
               "        [object() for _ in range(100)]; {}.update(a=1); gc.collect() if len(shared) % 50 == 0 else None\n"
               "        shared.append(1)\n"
               "        len(shared) > 1000 and shared.clear()\n"
               "shared = []\n"
               "for _ in range(6): threading.Thread(target=run, daemon=True).start()\n"
               "import time; time.sleep(0.05)\n",
    "waiting": "import threading, time, queue\n"
               "lock = threading.Lock(); lock.acquire()\n"
               "for target in (lock.acquire, threading.Event().wait, queue.Queue().get, queue.SimpleQueue().get, lambda: time.sleep(100)):\n"
               "    threading.Thread(target=target, daemon=True).start()\n"
               "time.sleep(0.02)\n",
    "not daemons": "import threading, time\n"
                   "done = []\n"
                   "for _ in range(5): threading.Thread(target=lambda: (time.sleep(0.05), done.append(1))).start()\n"
                   "import atexit; atexit.register(lambda: print(len(done)))\n",
    "printing": "import threading, sys\n"
                "def run():\n"
                "    while True: print('x' * 10)\n"
                "for _ in range(4): threading.Thread(target=run, daemon=True).start()\n"
                "import time; time.sleep(0.02)\n",
}

for name, program in PROGRAMS.items():
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100)
        # CPython may give up on the lock of stdout.
        known = name == "printing" and "could not acquire lock for" in done.stderr
        assert known or done.returncode == 0, (name, done.returncode, done.stderr[-3000:])
        assert known or not done.stderr, (name, done.stderr[-3000:])
        if name == "not daemons":
            assert done.stdout == "5\n", done.stdout
print("ok")
