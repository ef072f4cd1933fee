#!/usr/bin/env python3
"""files_written.py PROGRAMS: every option that names a file or folder to write, and what another user may have put there:
a link to somebody's file, a link to nothing, a device, a fifo. Nothing is written through, nothing changes its owner, no
device is replaced, nobody waits. Root also looks at owners."""
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

USER = 12345  # needs no account
ROOT = os.getuid() == 0
READY = re.compile("listening on|: (tcp|udp|packets) ")
bin_, scratch = os.path.abspath(sys.argv[1]), ""


class Fault(Exception):
    pass


def require(condition, *what):
    if not condition:
        raise Fault(" ".join(str(w) for w in what))


def run(*args, seconds=DEADLINE):
    return subprocess.run([f"{bin_}/{args[0]}", *args[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=seconds, check=False, cwd=scratch)


def serving(*args):
    """One that goes on for ever when it takes the file: ended as soon as it says that it serves."""
    said = f"{scratch}/said"
    with open(said, "w", encoding="utf-8") as out, subprocess.Popen(
            [f"{bin_}/{args[0]}", *args[1:]], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=scratch) as process:
        until = time.monotonic() + DEADLINE
        text = ""
        while process.poll() is None and time.monotonic() < until and not READY.search(text):
            with open(said, encoding="utf-8") as file:
                text = file.read()
            time.sleep(0.01)
        ran = process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(DEADLINE)
    with open(said, encoding="utf-8") as file:
        return subprocess.CompletedProcess(args, 0 if ran else process.returncode, "", file.read())


def key_export(at):
    return run("wiregrade", "key", "export", "stream-sender", "--output", at)


def verify_output(at):
    return run("wiregrade", "verify", "socket-types", "--course", "course", "--output", at)


def verify_keep(at):
    return run("wiregrade", "verify", "socket-types", "--course", "course", "--keep", at)


def import_roster(at):
    with open(f"{scratch}/list.csv", "w", encoding="ascii") as file:
        file.write("handle,name,email,external_id\nada,Ada,ada@example.org,1\n")
    with open(f"{scratch}/other.yml", "w", encoding="ascii") as file:
        file.write(class_text + f"roster: {at}\nstore: import.db\n")
    return run("wiregrade", "roster", "import", "list.csv", "--class", "other.yml")


def store(at):
    with open(f"{scratch}/other.yml", "w", encoding="ascii") as file:
        file.write(class_text + f"store: {at}\n")
    return run("wiregrade", "submit", "--class", "other.yml", "flag{stream-sender.ada.aaaa-aaaa-aaaa-aaaa}")


def store_lock(at):
    with open(f"{scratch}/other.yml", "w", encoding="ascii") as file:
        file.write(class_text + f"store: {at[:-5]}\n")
    return run("wiregrade", "submit", "--class", "other.yml", "flag{stream-sender.ada.aaaa-aaaa-aaaa-aaaa}")


def journal(at):
    user = ["--user", "nobody"] if ROOT else []
    return serving("wiregrade-target", "run", "--class", "class.yml", "--no-briefing", "--only", "stream-sender", "--journal",
                   at, *user)


def board_token(at):
    return serving("wiregrade-board", "--db", "board.db", "--port", "0", "--token-file", at)


def board_db(at):
    return serving("wiregrade-board", "--port", "0", "--db", at)


def export(at):
    return run("wiregrade", "export", "--class", "class.yml", at)


def render(at):
    return run("wiregrade", "render", "--class", "class.yml", at)


def init(at):
    return run("wiregrade", "init", at, "--course", "course")


# a plain result may go to a device or fifo of one's own, that was named on purpose: docs/verify.md
PLAIN = {verify_output}
FOLDERS = {verify_keep, export, render, init}
WRITERS = [key_export, verify_output, verify_keep, import_roster, store, store_lock, journal, board_token, board_db, export,
           render, init]
KINDS = ("nothing", "regular", "link", "dangling", "device", "fifo", "device_link", "planted_temporary")


def null_device():
    """Root's own one: a fault here would cost the machine its /dev/null."""
    if not ROOT:
        return "/dev/null"
    if not os.path.exists(f"{scratch}/null"):
        os.mknod(f"{scratch}/null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    return f"{scratch}/null"


def put(kind, at, folder):
    victim = f"{scratch}/victim"
    if kind == "nothing":  # without which all below may be refused for another reason
        os.mkdir(victim)
    elif folder:
        os.makedirs(victim)
        os.chmod(victim, 0o700)
    else:
        with open(victim, "w", encoding="ascii") as file:
            file.write("victim\n")
        os.chmod(victim, 0o600)
    if kind == "nothing":
        pass
    elif kind == "regular":
        if folder:
            return False
        with open(at, "w", encoding="ascii") as file:
            file.write("line\n")
        os.chmod(at, 0o600)
    elif kind == "link":
        os.symlink("../victim", at)
    elif kind == "dangling":
        os.symlink("../nothing", at)
    elif kind == "fifo":
        os.mkfifo(at)
    elif kind == "device_link":
        os.symlink(null_device(), at)
    elif kind == "device":
        if not ROOT:
            return False
        os.mknod(at, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    else:  # names that were once used for what is renamed into place
        for name in (at + ".new", at + ".lock"):
            os.symlink("../victim", name)
    return True


def picture(path):
    """All that could change of it."""
    st = os.lstat(path)
    inside = open(path, "rb").read() if stat.S_ISREG(st.st_mode) else sorted(os.listdir(path)) if stat.S_ISDIR(st.st_mode) else ""
    to = os.readlink(path) if stat.S_ISLNK(st.st_mode) else ""
    return (st.st_ino, st.st_rdev, stat.S_IFMT(st.st_mode), stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid, inside, to)


def attempt(writer, kind):
    """None: nothing to try."""
    room = f"{scratch}/room"
    for name in (room, f"{scratch}/victim"):
        shutil.rmtree(name, ignore_errors=True)
        if os.path.lexists(name):
            os.unlink(name)
    for name in os.listdir(scratch):
        if name.startswith(("import.db", "board.db", "nothing")):
            os.unlink(f"{scratch}/{name}")
    os.mkdir(room)
    at = f"{room}/it" + (".lock" if writer is store_lock else "")
    if not put(kind, at, writer in FOLDERS):
        return None
    if kind == "planted_temporary" and writer in FOLDERS | {store, store_lock, board_db}:
        return None  # the lock of a store has a name that is known: its own row
    if kind == "regular" and writer not in (journal, key_export):
        return None  # replaced, or taken for what it should be
    victim, there = picture(f"{scratch}/victim"), picture(at) if os.path.lexists(at) else None
    null = picture(null_device())
    done = writer(os.path.relpath(at, scratch))
    text = done.stdout + done.stderr
    require(picture(null_device()) == null, "the device is another")
    require(picture(f"{scratch}/victim") == victim, "what the link leads to is another")
    require(not os.path.lexists(f"{scratch}/nothing"), "made through the link")
    if kind == "nothing":
        require(os.path.exists(at), "not made:", done)
        return True
    if kind == "planted_temporary":
        require(os.path.isfile(at) and not os.path.islink(at), "not written beside it:", done)
        return True
    if kind == "regular" and writer is journal:
        require(picture(at)[2:6] == there[2:6], "its mode or owner is another")
        require(done.returncode == 0 and picture(at)[6].startswith(b"line\n{"), "not appended to:", done)
        return True
    require(picture(at) == there, "what stood there is another")
    if writer in PLAIN and kind == "device":
        require(done.returncode == 0, done)
        return True
    require(done.returncode in (3, 4), "not refused:", done)
    require("it" in text and "room" in text or "journal" in text, "does not name it:", done)
    return True


def fifo_with_a_reader(writer):
    """As a user would: a result into a fifo of his own."""
    with subprocess.Popen(["cat", f"{scratch}/room/it"], stdout=subprocess.PIPE, text=True) as reader:
        try:
            done = writer("room/it")
            require(done.returncode == 0 and "socket-types" in reader.communicate(timeout=DEADLINE)[0], done)
        finally:
            reader.kill()
    return True


def on_purpose():
    """What users name to see a result. Not as root: a fault here would cost this machine its /dev."""
    prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if ROOT else []
    for path in ("/dev/stdout", "/dev/fd/1", "/dev/null"):
        done = subprocess.run([*prefix, f"{bin_}/wiregrade", "verify", "socket-types", "--course", "course", "--output", path],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE, check=False, cwd=scratch)
        require(done.returncode == 0 and ("socket-types" in done.stdout) == (path != "/dev/null"), path, done)


def main():
    global scratch, class_text
    scratch = tempfile.mkdtemp(prefix=f"wg-written-{os.getpid()}")
    if ROOT:
        os.chmod(scratch, 0o755)
    tried, faults = 0, []
    try:
        shutil.copytree(sys.argv[2], f"{scratch}/course")
        done = run("wiregrade", "init", ".", "--course", "course")
        require(done.returncode == 0, done)
        class_text = ("class: a\ncourse: course\nkey_file: course.key\n"
                      "networks: {target: 127.0.0.1, students: [10.0.0.0/8]}\n")
        with open(f"{scratch}/class.yml", "w", encoding="ascii") as file:
            file.write(class_text)
        for writer in WRITERS:
            for kind in KINDS:
                try:
                    if writer in PLAIN and kind == "fifo":
                        attempt_ready = put_fifo()
                        tried += bool(attempt_ready and fifo_with_a_reader(writer))
                    else:
                        tried += bool(attempt(writer, kind))
                except (Fault, subprocess.TimeoutExpired) as fault:
                    tried += 1
                    faults.append(fault)
                    print(f"not so: {writer.__name__}, {kind}: {fault}")
        try:
            on_purpose()
        except Fault as fault:
            faults.append(fault)
            print("not so:", fault)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{tried} ways, {len(faults)} wrong")
    sys.exit(bool(faults))


def put_fifo():
    shutil.rmtree(f"{scratch}/room", ignore_errors=True)
    os.mkdir(f"{scratch}/room")
    os.mkfifo(f"{scratch}/room/it")
    return True


class_text = ""
main()
