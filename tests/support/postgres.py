#!/usr/bin/env python3
"""A PostgreSQL of a test's own: postgres.py start FILE writes its place to FILE, postgres.py stop FILE ends it.

It is in a temporary folder, heard at a Unix socket alone, and runs as an ordinary user, as it refuses root."""
import contextlib
import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

USER = "wiregrade"
# what a test writes need not survive a loss of power; kill() below is none
FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60", "listen_addresses=", "autovacuum=off")
SKIP = 77


def programs():
    """The folder of initdb: it is on nobody's PATH. None when PostgreSQL is missing."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda at: int(at.split("/")[4]))
    return pathlib.Path(found[-1]).parent if found else None


def named():
    """initdb looks its user up: without a name here it is nobody, in a user namespace."""
    try:
        pwd.getpwuid(os.geteuid())
        return []
    except KeyError:
        return ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


class Postgres:
    def __init__(self, folder=None, settings=FAST):
        self.new = folder is None
        # a socket's path is at most 107 bytes
        self.dir = pathlib.Path(folder or tempfile.mkdtemp(prefix="wiregrade-pg-", dir="/tmp"))
        self.data = self.dir / "data"
        self.whom = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        if not self.new:
            return
        if os.geteuid() == 0:
            shutil.chown(self.dir, "nobody", "nogroup")
        self.run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as conf:
            for word in settings:
                name, value = word.split("=")
                conf.write(f"{name} = '{value}'\n")
            conf.write(f"unix_socket_directories = '{self.dir}'\n")

    def run(self, program, *words, check=True):
        done = subprocess.run([*named(), programs() / program, *map(str, words)], cwd="/", stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, **self.whom)
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")
        return done.stdout

    def start(self):
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.dir / "log", "start")
        return self

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop", check=False)

    def pid(self):
        return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def standby(self):
        """Another server, which follows this one; started."""
        other = Postgres(tempfile.mkdtemp(prefix="wiregrade-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(other.dir, "nobody", "nogroup")
        self.run("pg_basebackup", "-D", other.data, "-R", "-c", "fast", "--no-sync", "-d", self.url())
        with open(other.data / "postgresql.auto.conf", "a", encoding="utf-8") as conf:
            conf.write(f"unix_socket_directories = '{other.dir}'\n")
        return other.start()

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "promote")

    def processes(self):
        """Of this server, the first is its own."""
        first = self.pid()
        found = [first]
        for at in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(at.read_text(encoding="utf-8").rpartition(")")[2].split()[1]) == first:
                    found.append(int(at.parent.name))
            except (OSError, ValueError):
                pass
        return found

    def signal(self, number):
        for pid in self.processes():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)

    def revive(self, seconds=60):
        """Starts it again after kill(), which is refused until the last of its processes has ended."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.start()
            except RuntimeError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def done(self):
        self.stop("immediate")
        shutil.rmtree(self.dir, ignore_errors=True)

    def url(self, schema=None, user=USER, extra=""):
        path = f"&options=-csearch_path%3D{schema}" if schema else ""
        return f"postgresql://{user}@/postgres?host={self.dir}{path}{extra}"

    def sql(self, text, place=None):
        """The rows that SQL answers, in columns; what looks like a number is one."""
        done = subprocess.run([programs() / "psql", "-XAtqw", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d", place or self.url(), "-c", text],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return [tuple(int(c) if re.fullmatch("-?[0-9]+", c) else c for c in row.split("\x1f")) for row in done.stdout.splitlines()]

    def dump(self, place):
        schema = place.rpartition("%3D")[2]
        return subprocess.run([programs() / "pg_dump", "-n", schema, "-d", place], stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout

    def fresh(self):
        """The place of a store that nobody has used: a process's number comes again in a long run."""
        schema = f"t{os.urandom(8).hex()}"
        self.sql(f"CREATE SCHEMA {schema}")
        return self.url(schema)


@contextlib.contextmanager
def own(settings=FAST):
    server = Postgres(settings=settings)
    try:
        yield server.start()
    finally:
        server.done()


def shared():
    """The one of the run that WIREGRADE_TEST_POSTGRES names (place.h); None without."""
    file = os.environ.get("WIREGRADE_TEST_POSTGRES")
    if file and not os.path.exists(file):
        print("skipped: no PostgreSQL here")
        sys.exit(SKIP)
    return Postgres(pathlib.Path(file).read_text(encoding="utf-8").strip()) if file else None


def main(verb, file):
    at = pathlib.Path(file)
    old = at.read_text(encoding="utf-8").split() if at.exists() else []
    for folder in old:
        # of a run that was cut off
        if os.path.exists(folder):
            Postgres(folder).done()
    at.unlink(missing_ok=True)
    if verb == "start":
        if not programs():
            print("no PostgreSQL here: the package postgresql has it")
            return SKIP
        server = Postgres()
        at.write_text(f"{server.dir}\n", encoding="utf-8")
        server.start()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
