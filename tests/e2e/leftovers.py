"""What a test starts, and the temporary folders that it makes, end with it however it ends: `import leftovers` is enough.

A test that has left processes behind fails, also when all else went well."""
import atexit
import glob
import os
import shutil
import signal
import sys
import tempfile
import time

SECONDS = 5  # in which a process that is asked to end puts away what it has made itself


def children(pid):
    """The pids of all below a process."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path, encoding="ascii") as file:
                for child in file.read().split():
                    found += [int(child), *children(int(child))]
        except OSError:
            pass
    return found


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def living(pid):
    """Of those below it; who has ended and was not waited for has no command line any more."""
    return [one for one in children(pid) if command_line(one)]


def tell(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass


def end():
    """Of the process that imported this, and of nobody whom it has forked."""
    if os.getpid() != own:
        return
    left = living(own)
    words = [command_line(pid).replace(b"\0", b" ").decode(errors="replace")[:200] for pid in left]
    tell(left, signal.SIGTERM)
    tell(left, signal.SIGCONT)
    until = time.monotonic() + SECONDS
    while living(own) and time.monotonic() < until:
        time.sleep(0.02)
    while rest := living(own):
        tell(rest, signal.SIGKILL)
        time.sleep(0.02)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    if left:
        print("left behind, and ended:", *words, sep="\n  ", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


def mkdtemp(*args, **more):
    """As tempfile's, which makes TemporaryDirectory's folders, too."""
    folders.append(make(*args, **more))
    return folders[-1]


own, folders, make = os.getpid(), [], tempfile.mkdtemp
tempfile.mkdtemp = mkdtemp
atexit.register(end)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
