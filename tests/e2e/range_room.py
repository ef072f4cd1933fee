"""A `wiregrade range`, and commands in it, for range.py, which says which program and whose."""
import os
import re
import select
import shutil
import subprocess
import sys
import time

from steady import DEADLINE

SKIP = 77
USER = 12345  # needs no account
STUDENT, TARGET = "10.10.0.40", "172.16.1.15"

wiregrade, who = "", ""
scratch = ""


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def need(tool):
    if not shutil.which(tool, path="/usr/bin:/usr/sbin:/bin:/sbin"):
        skip(f"{tool} is not installed")


def command(*args):
    prefix = []
    if who == "user" and os.getuid() == 0:
        prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return [*prefix, wiregrade, "range", *args]


def environment():
    env = {k: v for k, v in os.environ.items() if k != "XDG_RUNTIME_DIR"}
    if who == "user":
        env["XDG_RUNTIME_DIR"] = scratch  # of this test alone
    return env


def base():
    return f"{scratch}/wiregrade" if who == "user" else f"/tmp/wiregrade-{os.getuid()}"


class Range:
    """A running `wiregrade range` whose command says its range's name first, and stays when the script is done: the
    range ends with it, and with the range whoever joined."""

    def __init__(self, *options, side="student", script="true"):
        self.process = subprocess.Popen(
            command(f"--side={side}", *options, "--", "sh", "-c", f"echo $WIREGRADE_RANGE; {script}; sleep 600"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        os.set_blocking(self.process.stdout.fileno(), False)
        self.read = b""
        self.name = self.expect(r"(range-\w+)\n").group(1)

    def expect(self, pattern, seconds=DEADLINE):
        """Waits for the pattern in its output."""
        until = time.monotonic() + seconds
        while not (match := re.search(pattern, self.read.decode(errors="replace"))):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                sys.exit(f"no {pattern!r} in {self.read!r}")
            got = self.process.stdout.read()
            if not got:
                sys.exit(f"no {pattern!r}, it ended after {self.read!r}: {self.process.stderr.read()!r}")
            self.read += got
        return match

    def run(self, *cmd, side="student", check=True, seconds=DEADLINE, options=()):
        """A command in it, in a sandbox of its own."""
        return run("--join=" + self.name, f"--side={side}", *options, "--", *cmd, check=check, seconds=seconds)

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=DEADLINE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def run(*args, check=True, seconds=DEADLINE, **more):
    done = subprocess.run(command(*args), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
                          env=environment(), check=False, **more)
    if check and done.returncode != 0:
        sys.exit(f"{args} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))
