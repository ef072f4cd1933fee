"""A copy of the course, and what `wiregrade verify` says of it, for verify.py."""
import json
import os
import shutil
import subprocess
import sys

from leftovers import children
from steady import DEADLINE

SKIP = 77
USER = 12345  # needs no account
wiregrade = course = schema = who = scratch = ""


def require(condition, *what):
    if not condition:
        sys.exit("not so: " + " ".join(str(w) for w in what))


def prefix():
    if who == "user" and os.getuid() == 0:
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return []


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k not in ("XDG_RUNTIME_DIR", "GITHUB_ACTIONS")}
    if who == "user":
        env["XDG_RUNTIME_DIR"] = f"{scratch}/run"
    return {**env, **more}


def base():
    return f"{scratch}/run/wiregrade" if who == "user" else f"/tmp/wiregrade-{os.getuid()}"


def run(*args, env=None, program=None, where=None, seconds=DEADLINE):
    return subprocess.run([*prefix(), program or wiregrade, "verify", "--course", where or f"{scratch}/course", *args],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
                          env=environment(**(env or {})))


def report(*args, status=None, **more):
    done = run("--format", "json", *args, **more)
    require(done.stdout.startswith("{"), done)
    if status is not None:
        require(done.returncode == status, "status", status, done)
    return json.loads(done.stdout), done


def checks(found, slug, group=None):
    return [c for ch in found["challenges"] if ch["slug"] == slug for c in ch["checks"] if group in (None, c["group"])]


def failing(found, slug, group=None):
    return [c for c in checks(found, slug, group) if not c["holds"]]


def write(path, text, mode=0o644):
    path = f"{scratch}/course/{path}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def replace(path, old, new):
    with open(f"{scratch}/course/{path}", encoding="utf-8") as file:
        text = file.read()
    require(old in text, old, "in", path)
    write(path, text.replace(old, new))


def only_solver(slug, name, text):
    shutil.rmtree(f"{scratch}/course/{slug}/solve")
    write(f"{slug}/solve/{name}", text)


def nothing_below(pid):
    require(not children(pid), "processes left", children(pid))
