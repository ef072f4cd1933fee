#!/usr/bin/env python3
"""links.py WIREGRADE COURSE CASE: a course folder as somebody's pull request may bring it: what is read from it, a link or
a fifo, one place at a time. No command may follow it, print what it leads to, wait for it, or pass over it in silence.
CASE is `paper` (lint, render, export) or `range` (verify, which runs programs). Exit status 77: skipped."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from steady import DEADLINE  # noqa: E402

SKIP = 77
SECRET = "ctfd_5e1f5e1f5e1f"
SLUG = "stream-sender"
wiregrade, course, case = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
scratch = ""
# the place, which file of the course it is a copy of outside, and what the secret is kept as
PLACES = {
    "course.yml": "file", f"{SLUG}/challenge.yml": "file", f"{SLUG}/target.yml": "file",
    f"{SLUG}/solve/sender.py": "file", f"{SLUG}/mutants/wrong.py": "file", f"{SLUG}/files/handout.txt": "file",
    f"{SLUG}/solution.md": "file", f"{SLUG}/solve": "folder", f"{SLUG}/mutants": "folder", f"{SLUG}/files": "folder",
    SLUG: "folder", "other": "folder",
}
# what stands there instead: a link to the secret, to the very file, to nothing, or no file at all
WAYS = ("secret", "same", "dangling", "fifo")


class Fault(Exception):
    pass


def require(condition, *what):
    if not condition:
        raise Fault(" ".join(str(w) for w in what))


def run(*args):
    env = {k: v for k, v in os.environ.items() if k not in ("XDG_RUNTIME_DIR", "GITHUB_ACTIONS")}
    return subprocess.run([wiregrade, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE,
                          check=False, cwd=scratch, env=env)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def lay_out(place, way):
    """The course of one challenge with all that may be read of it; and where `place` now is another thing."""
    for name in ("c", "outside", "out"):
        shutil.rmtree(f"{scratch}/{name}", ignore_errors=True)
    top = f"{scratch}/c/course"
    os.makedirs(top)
    shutil.copy(f"{course}/course.yml", top)
    shutil.copytree(f"{course}/{SLUG}", f"{top}/{SLUG}")
    with open(f"{top}/course.yml", encoding="utf-8") as file:
        text = re.sub("(?m)^pass:.*", "pass: 1", file.read())
    write(f"{top}/course.yml", text)
    with open(f"{top}/{SLUG}/challenge.yml", encoding="utf-8") as file:
        text = file.read()
    if case == "paper":
        write(f"{top}/{SLUG}/challenge.yml", f"{text}\nfiles: [files/handout.txt]\nsolution: solution.md\n")
    write(f"{top}/{SLUG}/solution.md", "so\n")
    write(f"{top}/{SLUG}/files/handout.txt", "hand out\n")
    os.makedirs(f"{top}/{SLUG}/mutants", exist_ok=True)
    write(f"{scratch}/c/ctfd.token", f"{SECRET}\n", 0o600)
    write(f"{scratch}/outside/challenge.yml", f"name: {SECRET}\n")
    if way is None:
        return
    at = f"{top}/{place}"
    if os.path.lexists(at):
        os.rename(at, f"{scratch}/outside/same")
    elif PLACES[place] == "folder":
        os.makedirs(f"{scratch}/outside/same")
    else:
        write(f"{scratch}/outside/same", "# expect: tcp.dstport WRONG_VALUE\n")
    up = "../" * (place.count("/") + 1)
    if way == "fifo":
        os.mkfifo(at)
    elif way == "dangling":
        os.symlink("nowhere", at)
    elif way == "same":
        os.symlink(f"{up}../outside/same", at)
    else:
        os.symlink(f"{up}ctfd.token" if PLACES[place] == "file" else f"{up}../outside", at)


def all_text(folder):
    found = []
    for top, _, names in os.walk(folder):
        for name in names:
            with open(f"{top}/{name}", encoding="utf-8", errors="replace") as file:
                found.append(file.read())
    return "\n".join(found)


def silent(done, *what):
    require(SECRET not in done.stdout + done.stderr + all_text(f"{scratch}/out"), *what, "gives the secret away:", done)


def told(done, place, way):
    """Which link, and where it leads; which file is no file."""
    text = done.stdout + done.stderr
    says = "not a regular file" if way == "fifo" else "is a link, to "
    require(os.path.basename(place) in text and says in text, place, way, "is not told:", done)


def on_paper(place, way):
    lint = run("lint", "c/course")
    silent(lint, "lint", place, way)
    require(lint.returncode == 3, "lint", place, way, "passed:", lint)
    told(lint, place, way)
    for command in ("render", "export"):
        silent(run(command, "--class", "c/class.yml", "out"), command, place, way)
        shutil.rmtree(f"{scratch}/out", ignore_errors=True)


def in_range(place, way):
    for form in ("human", "junit"):
        done = run("verify", "--course", "c/course", "--format", form, "--timeout", "5", "--keep", "out")
        silent(done, "verify", place, way)
        require(done.returncode in (1, 3), "verify", place, way, "passed:", done)
        told(done, place, way)


def sound():
    """Without any of it the course is a good one, or what fails below may fail for another reason."""
    lay_out("", None)
    done = run("lint", "c/course")
    require(done.returncode == 0, done)
    if case == "range":
        done = run("verify", "--course", "c/course")
        if done.returncode == 4:
            print("skipped:", done.stdout[-600:], done.stderr.strip())
            sys.exit(SKIP)
        require(done.returncode == 0, done)
    os.symlink("course", f"{scratch}/c/named")  # its owner may name it by a link
    done = run("lint", "c/named")
    require(done.returncode == 0, "a course that is named by a link:", done)


def rows():
    for place, kind in PLACES.items():
        for way in WAYS:
            if way == "fifo" and kind == "folder":
                continue  # passed over, as every file beside a course's folders is
            if case == "paper":
                yield place, way
            elif "solve/" in place or "mutants/" in place or place == SLUG or place.endswith(("target.yml", "solve", "mutants")):
                yield place, way


def main():
    global scratch
    scratch = tempfile.mkdtemp(prefix=f"wg-links-{os.getpid()}")
    tried, faults = 0, []
    try:
        sound()
        for place, way in rows():
            lay_out(place, way)
            write(f"{scratch}/c/class.yml",
                  "class: a\ncourse: course\nnetworks: {target: 10.0.0.1, students: [10.0.0.0/8]}\n")
            tried += 1
            try:
                (in_range if case == "range" else on_paper)(place, way)
            except (Fault, subprocess.TimeoutExpired) as fault:
                faults.append(fault)
                print("not so:", fault)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{tried} places and ways, {len(faults)} wrong")
    sys.exit(bool(faults))


main()
