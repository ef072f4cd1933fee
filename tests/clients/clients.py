#!/usr/bin/env python3
"""clients.py WIREGRADE VENV CASE: clients that others wrote, from PyPI, against our board. 77: they are not installed."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import desk  # noqa: E402
from desk import Class, RealBoard, expect  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
COURSES = {"keys": HERE / "course", "ours": HERE.parent.parent / "challenges"}


# ctfcli sends `extra` (the challenge's position) and reads only a dynamic value's three keys back: never equal
VERIFY = ("verify", "--ignore=extra")


def project(c, b, folders):
    """Makes a ctfcli project of rendered folders."""
    (folders / ".ctf").mkdir()
    slugs = sorted(p.parent.name for p in folders.glob("*/challenge.yml"))
    (folders / ".ctf" / "config").write_text(
        f"[config]\nurl = {b.url}\naccess_token = {b.token}\n\n[challenges]\n" + "".join(f"{s} = {s}\n" for s in slugs))
    assert slugs
    return slugs


def ctf(folders, *args):
    done = subprocess.run([venv / "bin" / "ctf", "challenge", *args], cwd=folders, text=True, timeout=100, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, f"ctf challenge {args}: exit status {done.returncode}: {done.stdout}"
    return done.stdout


def ctfcli_first(name):
    """ctfcli puts the rendered folders on the board; deploy then makes practice, which ctfcli cannot, and changes nothing."""
    with RealBoard("board") as b:
        desk.course = str(COURSES[name])
        c = Class(b.url, token=b.token)
        expect(c, 0, "challenges in folders", c.run("render", "folders"))
        slugs = project(c, b, c.dir / "folders")
        practice = sorted(p.parent.name for p in COURSES[name].glob("*/target.yml") if "assessed: false" in p.read_text())
        assert not set(slugs) & set(practice), slugs
        for slug in slugs:
            ctf(c.dir / "folders", "lint", slug, "--skip-hadolint")
        for command in (("install",), ("sync",), VERIFY):
            ctf(c.dir / "folders", *command)
        expect(c, bool(practice), f"{len(practice)} to create, 0 to change, {len(slugs)} unchanged", c.run("deploy", "--dry-run"))
        for slug in practice:
            assert f"create    {slug} " in c.output, c.output


def deploy_first(name):
    """deploy puts the course on the board; ctfcli then finds the rendered folders in sync, and sees a change."""
    with RealBoard("board") as b:
        desk.course = str(COURSES[name])
        c = Class(b.url, token=b.token)
        expect(c, 0, "0 unchanged", c.run("deploy"))
        expect(c, 0, "challenges in folders", c.run("render", "folders"))
        project(c, b, c.dir / "folders")
        assert "out of sync" not in ctf(c.dir / "folders", *VERIFY)
        one = b.api("GET", "/challenges?view=admin")["data"][0]["id"]
        b.api("PATCH", f"/challenges/{one}", {"category": "another"})
        try:
            ctf(c.dir / "folders", *VERIFY)
        except AssertionError as error:
            assert "exit status 2" in str(error) and "out of sync" in str(error), error
        else:
            raise AssertionError("ctfcli sees no difference at all")


SDK = """
import json, sys
from ctfd_sdk import CtfdApi
api = CtfdApi(open(sys.argv[2]).read().strip(), sys.argv[1], "storage.json")
api.create_user("smith")
api.create_challenge("Theirs", 5, "Other", "text")
api.create_flag("Theirs", "f", "answer")
api.update_flag("f", "other")
rows = api.connector.get("/challenges?view=admin").json()["data"]
one = next(r for r in rows if r["name"] == "Second")
print(json.dumps([sorted(r["name"] for r in rows), api.connector.get(f"/challenges/{one['id']}").json()["data"]]))
api.clear()
print(json.dumps([r["name"] for r in api.connector.get("/challenges?view=admin").json()["data"]]))
"""


def case_sdk():
    """ctfd-sdk reads what deploy made, and makes and removes things of its own."""
    with RealBoard("board") as b:
        desk.course = str(COURSES["keys"])
        c = Class(b.url, token=b.token)
        expect(c, 0, "3 created", c.run("deploy"))
        done = subprocess.run([venv / "bin" / "python", "-c", SDK, b.url, c.dir / "ctfd.token"], cwd=c.dir, text=True,
                              stdout=subprocess.PIPE, timeout=100, check=True)
        (names, second), left = map(json.loads, done.stdout.splitlines())
        assert "Theirs" in names and len(names) == 4, names
        assert (second["name"], second["value"], second["state"]) == ("Second", 5, "hidden"), second
        assert "Theirs" not in left and len(left) == 3, left
        expect(c, 0, "3 unchanged", c.run("deploy", "--dry-run"))


def case_ctfcli_first_keys():
    ctfcli_first("keys")


def case_ctfcli_first_ours():
    ctfcli_first("ours")


def case_deploy_first_keys():
    deploy_first("keys")


def case_deploy_first_ours():
    deploy_first("ours")


def main():
    global venv
    desk.wiregrade, venv = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute()
    if not (venv / "bin" / "ctf").exists():
        print(f"skipped: ctfcli is not in {venv}; run ci/clients")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="wiregrade-clients-") as scratch:
        desk.scratch = scratch
        globals()[f"case_{sys.argv[3]}"]()


if __name__ == "__main__":
    main()
