#!/usr/bin/env python3
"""unix.py BIN CASE: targets on socket files. CASE is a function here. Exit status 77: skipped."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import steady
from classroom import USER, Classroom, require, skip
from steady import DEADLINE

HERE = pathlib.Path(__file__).resolve().parent
ROSTER = "handle,name,email\nsmith,S,s@example.org\njones,J,j@example.org\n"
FOLDER = "/run/wiregrade"

# what a student writes; a folder and his handle are its arguments
SENDS = """
import os, socket, sys
FOLDER = sys.argv[1] if len(sys.argv) > 1 else "/run/wiregrade"

def stream(text):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(FOLDER + "/stream.sock")
        s.sendall(text)
        s.shutdown(socket.SHUT_WR)
        got = b""
        while part := s.recv(2000):
            got += part
        return got.decode()

def datagram(text, name, seconds=60):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        os.umask(0)
        if name is not None:
            s.bind(name)
        s.settimeout(seconds)
        s.sendto(text, FOLDER + "/datagram.sock")
        try:
            return s.recv(2000).decode()
        except TimeoutError:
            return "no answer"
"""


def room_of(bin_dir, roster=ROSTER):
    return Classroom(bin_dir, course=HERE / "data/unix", roster=roster, more=f"unix: {FOLDER}")


def streams_and_datagrams_are_answered(bin_dir):
    with room_of(bin_dir) as room:
        said = room.python(SENDS + "print(stream(b'smith'))\nprint(stream(b'smith'.hex().encode()))")
        require(room.flag("stream") in said and "hex" in said.split("\n", 1)[1], said)
        name = f"{FOLDER}/reply/mine"
        said = room.python(SENDS + f"print(datagram(b'jones\\n', {name!r}))\nos.unlink({name!r})\n"
                           f"print(datagram(b'jones'.hex().encode(), {name!r}))")
        require(room.flag("datagram", "jones") in said and "hex" in said.split("\n", 1)[1], said)
        attempts = room.journal("attempt", 4)
        require([a["verdict"] for a in attempts] == ["pass", "near"] * 2, attempts)
        require({(a["source"], a["port"]) for a in attempts} == {("127.0.3.232", 0)}, "of the range's user 1000:", attempts)
        said = room.python("import socket\nwith socket.create_connection(('172.16.1.15', 1110)) as s:\n"
                           " s.sendall(b'list\\nquit\\n')\n while p := s.recv(2000): print(p.decode(), end='')")
        require("stream" in said and "datagram" in said, said)


def a_reason_is_told_to_whoever_sent_it(bin_dir):
    """The roster has an address, which a socket file has not; nothing that is asked for here is one student's own."""
    with room_of(bin_dir, roster=ROSTER.replace("email\n", "email,address\n").replace(".org\n", ".org,10.10.0.40\n", 1)
                 .replace(".org\n", ".org,10.10.0.41\n")) as room:
        name = f"{FOLDER}/reply/mine"
        said = room.python(SENDS + f"print(stream(b'I am smith'))\nprint(datagram(b'smith'.hex().encode(), {name!r}))")
        require("[EXTRA_TEXT]" in said and "[WRONG_ENCODING]" in said and "why is told" not in said, said)
        require([a["own_host"] for a in room.journal("attempt", 2)] == [False] * 2, room.journal("attempt"))
        said = room.python("import socket\nwith socket.create_connection(('172.16.1.15', 1110)) as s:\n"
                           " s.sendall(b'tries\\nquit\\n')\n while p := s.recv(2000): print(p.decode(), end='')")
        require("the handle stands in it" in said and "text was sent in hex" in said, said)


def only_a_name_of_ones_own_is_answered(bin_dir):
    with room_of(bin_dir, roster=None) as room:
        room.python(SENDS + f"""
os.mkdir("{FOLDER}/reply/deep")
for name in None, "", "/tmp/mine", "mine2", "{FOLDER}/reply/deep/mine":
    said = datagram(b"smith", name, 0.5)
    assert said == "no answer", (name, said)
print(datagram(b"smith", "{FOLDER}/reply/../reply/mine", 0.5))""")
        attempts = room.journal("attempt", 1)  # what comes again is told once
        require({(a["verdict"], a["answer"]) for a in attempts} == {("pass", "unsent")}, attempts)
        said = room.python("import socket\nwith socket.create_connection(('172.16.1.15', 1110)) as s:\n"
                           " s.sendall(b'i smith\\ntries\\nseen\\nquit\\n')\n while p := s.recv(2000): print(p.decode(), end='')")
        require("6 times, as smith, through its socket file\n" in said and f"s.bind('{FOLDER}/reply/smith')" in said, said)
        said = room.python(SENDS + f"print(datagram(b'smith', '{FOLDER}/reply/mine2'))")
        require(room.flag("datagram") in said, said)


def why_no_answer_came_is_told(bin_dir):
    """Of a right datagram and of a wrong one: by the name that its socket had, and what became of that."""
    with room_of(bin_dir, ROSTER.replace("email\n", "email,address\n").replace(".org\n", ".org,10.10.0.40\n", 1)
                 .replace(".org\n", ".org,10.10.0.41\n")) as room:
        for sent, why in (("datagram(b'smith', None, 0.5)", "had no name to answer to: before you send, bind() it"),
                          ("datagram(b'smith', '/tmp/mine', 0.5)", "name is no file in reply/"),
                          ("datagram(b'smith', '', 0.5)", "no abstract name"),
                          ("os.chdir(FOLDER + '/reply')\ndatagram(b'smith', 'n', 0.5)", "bind() it to a whole path there"),
                          ("umask = os.umask\nos.umask = lambda mode: umask(0o222)\ndatagram(b'smith', FOLDER + '/reply/a', 0.5)", "os.umask(0) before bind(), or chmod 666"),
                          ("datagram(b'smith', FOLDER + '/reply/b', 0)", "recv() it before you end"),
                          ("datagram(b'I am smith', None, 0.5)", "had no name to answer to")):
            room.python(SENDS.replace("s.sendto(", "os.unlink(name) if seconds == 0 else None; s.sendto(") +
                        f"try:\n " + sent.replace("\n", "\n ") + "\nexcept OSError:\n pass")
            said = room.python("import socket\nwith socket.create_connection(('172.16.1.15', 1110)) as s:\n"
                               " s.sendall(b'tries\\nquit\\n')\n while p := s.recv(2000): print(p.decode(), end='')")
            require(why in "\n".join(said.split("\n")[1:5]), why, said)


def nobody_takes_a_targets_socket(bin_dir):
    with room_of(bin_dir) as room:
        said = room.python(SENDS + f"""
for what in (lambda: os.unlink("{FOLDER}/stream.sock"), lambda: os.rename("{FOLDER}/stream.sock", "{FOLDER}/other"),
             lambda: socket.socket(socket.AF_UNIX).bind("{FOLDER}/another.sock"), lambda: os.rmdir("{FOLDER}/reply")):
    try:
        what()
        print("it could")
    except OSError as e:
        print(type(e).__name__, e.errno)
print(stream(b"smith"))""")
        require("it could" not in said and room.flag("stream") in said, said)
        # whatever fills the folder of names ends at its size, and the target goes on
        said = room.python(SENDS + f"""
try:
    with open("{FOLDER}/reply/full", "wb") as f:
        for i in range(1000):
            f.write(bytes(1000))
except OSError as e:
    print(e.errno == 28)
os.unlink("{FOLDER}/reply/full")
print(stream(b"jones"))""")
        require(said.startswith("True") and room.flag("stream", "jones") in said, said)


class Shared:
    """A class on this machine itself, whose targets are in no range: nothing of it is on a network."""

    def __init__(self, bin_dir, scratch, folder, more=""):
        self.bin, self.dir = pathlib.Path(bin_dir), pathlib.Path(scratch)
        made = subprocess.run([self.bin / "wiregrade", "init", self.dir / "made", "--course", HERE / "data/unix"],
                              capture_output=True, text=True, check=False)
        require(made.returncode == 0, made.stderr)
        steady.fix_key(self.dir / "made")
        shutil.copytree(HERE / "data/unix", self.dir / "course")
        (self.dir / "roster.csv").write_text(ROSTER)
        self.file = self.dir / "class.yml"
        self.name(folder, more)

    def name(self, folder, more=""):
        self.file.write_text("class: e2e\ncourse: course\nnetworks: {target: 127.0.0.1, students: [10.10.0.0/24]}\nfeedback: full\n"
                             f"key_file: made/course.key\nroster: roster.csv\n{more}" + (f"unix: {folder}\n" if folder else ""))

    def command(self, *more):
        return [self.bin / "wiregrade-target", "run", "--class", self.file, "--no-briefing", "--journal",
                self.dir / "journal", *([] if os.getuid() else ["--user", "nobody"]), *more]

    def refused(self, *words, status=4):
        run = subprocess.run(self.command(), capture_output=True, text=True, timeout=DEADLINE, check=False)
        require(run.returncode == status and all(word in run.stderr for word in words) and run.stderr.count("\n") == 1,
                run.returncode, run.stderr, "wanted:", words)

    @contextlib.contextmanager
    def running(self, end=signal.SIGTERM, said=subprocess.DEVNULL):
        ready, told = os.pipe()
        with subprocess.Popen(self.command("--ready-fd", str(told)), pass_fds=[told], stdout=said, stderr=said) as target:
            os.close(told)
            require(os.read(ready, 1), "it did not start")
            os.close(ready)
            try:
                yield target
            finally:
                target.send_signal(end)
                target.wait(DEADLINE)


def what_a_path_cannot_be_is_told(bin_dir):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, "sockets")
        shared = Shared(bin_dir, scratch, folder)
        shared.refused(f"{folder}/", "its folder is not there", "install -d")
        folder.mkdir()
        with shared.running(end=signal.SIGKILL):
            shared.refused(f"{folder}/", "another program's", "ss -lxp")
        require((folder / "stream.sock").is_socket() and (folder / "datagram.sock").is_socket(), "killed, they stay")
        require((folder / "reply").stat().st_mode & 0o7777 == 0o1777, "everybody's")
        with shared.running():
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(str(folder / "stream.sock"))
        (folder / "stream.sock").unlink()
        (folder / "stream.sock").write_text("mine")
        shared.refused(f"{folder}/stream.sock is there and is no socket")
        require((folder / "stream.sock").read_text() == "mine", "nothing is lost")
        for bad in ("sockets", "/" + "x" * 60):
            shared.name(bad)
            shared.refused("class.yml:", "is no absolute path of at most 40 bytes", status=3)
        for bad in ("../x.sock", "reply", "X.sock", "x" * 33):
            text = (HERE / "data/unix/stream/target.yml").read_text()
            (shared.dir / "course/stream/target.yml").write_text(text.replace("stream.sock", bad))
            run = subprocess.run([shared.bin / "wiregrade", "lint", shared.dir / "course"], capture_output=True,
                                 text=True, check=False)
            said = run.stdout + run.stderr
            require(run.returncode == 3 and "target.yml:2:21: error: unix.path is a name such as" in said, bad, run.returncode, said)


def another_user_of_the_machine_is_answered(bin_dir):
    if os.getuid():
        skip("only root has another user's rights")
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        folder = pathlib.Path(scratch, "sockets")
        folder.mkdir()
        shared = Shared(bin_dir, scratch, folder)
        with shared.running():
            script = SENDS + "print(stream(b'smith'))\nprint(datagram(b'jones', FOLDER + '/reply/mine'))"
            run = subprocess.run(["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "/usr/bin/python3", "-c",
                                  script, folder], capture_output=True, text=True, timeout=DEADLINE, check=False, cwd="/")
        require(run.stdout.count("flag{") == 2, run.stdout, run.stderr)
        lines = [json.loads(line) for line in (shared.dir / "journal").read_text().splitlines()]
        tries = [line for line in lines if line["event"] == "attempt"]
        require([t["student"] for t in tries] == ["smith", "jones"], tries)
        require({t["source"] for t in tries} == {f"127.0.{USER >> 8}.{USER & 255}"}, "each user is one source:", tries)


def a_class_without_a_folder_serves_the_rest(bin_dir):
    """The course has such a challenge, and most classes have their students elsewhere."""
    with tempfile.TemporaryDirectory() as scratch:
        shared = Shared(bin_dir, scratch, None)
        run = subprocess.run([shared.bin / "wiregrade", "lint", "--class", shared.file],
                             capture_output=True, text=True, check=False)
        require("write unix: /run/wiregrade" in run.stdout + run.stderr, run.stdout, run.stderr)
        with open(shared.dir / "said", "wb") as said, shared.running(said=said):
            pass
        said = (shared.dir / "said").read_text()
        require("stream: nowhere: the class has no folder for socket files" in said, said)


globals()[sys.argv[2]](sys.argv[1])
