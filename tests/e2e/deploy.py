#!/usr/bin/env python3
"""deploy.py WIREGRADE COURSE CASE: one test of `wiregrade deploy` and `render` against a local board."""
import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import fake_ctfd  # noqa: E402
import desk  # noqa: E402
from desk import Class, RealBoard, expect  # noqa: E402
from steady import DEADLINE  # noqa: E402

FIRST = 'Fïrst: "q" & <b>'


def setup(b, name="class"):
    """A class with a copy of the course, which a case may change."""
    shutil.copytree(course, pathlib.Path(scratch, name + "-course"))
    desk.course = str(pathlib.Path(scratch, name + "-course"))
    c = Class(b.url, name, token=b.token)
    c.course = pathlib.Path(desk.course)
    return c


def edit(c, slug, old, new):
    path = c.course / slug / "challenge.yml"
    text = path.read_text()
    assert old in text, text
    path.write_text(text.replace(old, new))


def ids(b):
    return {row["name"]: row["id"] for row in b.api("GET", "/challenges?view=admin")["data"]}


def dump(b, numbers=True):
    """All that the board has of every challenge; without numbers, names stand for challenges."""
    names, out = {v: k for k, v in ids(b).items()}, {}
    solutions = b.api("GET", "/solutions")["data"]
    for number, name in names.items():
        path = f"/challenges/{number}"
        got = b.api("GET", path)["data"]
        for key in ("solves", "view", "files", "hints", "tags", "rating", "ratings", "attempts", "solution_id"):
            got.pop(key, None)
        for part in ("flags", "tags", "topics", "hints", "files"):
            got[part] = b.api("GET", f"{path}/{part}")["data"]
        got["requirements"] = b.api("GET", f"{path}/requirements")["data"]
        got["solution"] = [dict(s) for s in solutions if s["challenge_id"] == number]
        if not numbers:
            needs = (got["requirements"] or {}).get("prerequisites", [])
            got["requirements"] = sorted(names[n] for n in needs)
            got["next_id"] = names.get(got["next_id"])
            got.pop("id")
            for part in ("flags", "tags", "topics", "hints", "files", "solution"):
                for row in got[part]:
                    for key in ("id", "challenge_id", "challenge", "topic_id", "location"):
                        row.pop(key, None)
                got[part].sort(key=json.dumps)
        out[name] = got
    return out


def player(b, name="smith"):
    """A user's id."""
    return b.api("POST", "/users", {"name": name, "password": os.urandom(12).hex(), "verified": True})["data"]["id"]


def solve(b, user, challenge):
    b.api("POST", "/submissions", {"user_id": user, "challenge_id": challenge, "type": "correct", "provided": "x"})


def case_twice():
    """Every key arrives; a second run changes nothing, not even a number."""
    with RealBoard("board") as b:
        c = setup(b)
        expect(c, 1, r"3 to create", c.run("deploy", "--dry-run"))
        assert not ids(b)
        expect(c, 0, r"3 created", c.run("deploy"))
        first = dump(b)
        got = first[FIRST]
        assert got["attribution"] == "By [us](http://example.com)" and got["connection_info"] == "nc 172.16.1.15 1110"
        assert (got["max_attempts"], got["logic"], got["state"], got["value"]) == (3, "all", "visible", 100)
        assert "172.16.1.15" in got["description"] and "{{" not in json.dumps(first)
        assert got["next_id"] == ids(b)["Second"]
        assert sorted(f["content"] for f in got["flags"]) == ["Any Case", "fl.g[0-9]+", "plain"]
        assert [(h["title"] or "", h["cost"]) for h in got["hints"]] == [("", 0), ("Dear", 10)]
        assert got["solution"][0]["state"] == "solved" and "172.16.1.15" in got["solution"][0]["content"]
        assert first["Second"]["requirements"] == {"prerequisites": [ids(b)[FIRST]], "anonymize": "preview"}
        assert first["Falling"]["initial"] == 500 and first["Falling"]["requirements"]["prerequisites"] == [ids(b)["Second"]]
        expect(c, 0, r"0 created, 0 changed, 3 unchanged", c.run("deploy"))
        expect(c, 0, r'"changed":0', c.run("deploy", "--dry-run", "--format", "json"))
        assert dump(b) == first


def case_by_hand():
    """What was changed on the scoreboard is named and mended in place; numbers stay, and so do unlocked hints."""
    with RealBoard("board") as b:
        c = setup(b)
        expect(c, 0, r"3 created", c.run("deploy"))
        clean, whole = dump(b, numbers=False), dump(b)
        n = ids(b)[FIRST]
        b.api("PATCH", f"/challenges/{n}", {"value": 7, "description": "gone", "next_id": None, "logic": "any"})
        b.api("PATCH", f"/challenges/{ids(b)['Second']}", {"requirements": None})
        for hint in whole[FIRST]["hints"]:
            b.api("PATCH", f"/hints/{hint['id']}", {"content": "other " + hint["content"]})
        b.api("PATCH", f"/tags/{whole[FIRST]['tags'][0]['id']}", {"value": "other"})
        b.api("DELETE", f"/flags/{whole[FIRST]['flags'][0]['id']}")
        b.api("POST", "/flags", {"challenge_id": n, "content": "foreign", "type": "static", "data": ""})
        b.api("DELETE", f"/files/{whole[FIRST]['files'][0]['id']}")
        b.api("PATCH", f"/solutions/{whole[FIRST]['solution'][0]['id']}", {"content": "z", "state": "hidden"})
        b.api("POST", "/challenges", {"name": "By hand", "category": "x", "description": "", "value": 1, "type": "standard"})
        before = dump(b)
        for pattern in (r'value: "7" -> "100"', r'description: "gone" ->', r'next: \(none\) -> "Second"',
                        r"flags: 1 new, 0 changed, 1 removed", r'tags: \+ "easy"', r'tags: - "other"',
                        r'files: \+ "one.txt"', r"hints: content", r'solution: state: "hidden" -> "solved"',
                        r'requirements: \(none\) -> "F.*preview', r'only there "By hand"', r"0 to create, 2 to change"):
            expect(c, 1, pattern, c.run("deploy", "--dry-run"))
        assert "foreign" not in c.output and "plain" not in c.output, "a flag was printed"
        assert dump(b) == before, "a trial changed something"
        expect(c, 0, r"0 created, 2 changed, 1 unchanged, 1 only there", c.run("deploy"))
        after = dump(b)
        assert [h["id"] for h in after[FIRST]["hints"]] == [h["id"] for h in whole[FIRST]["hints"]]
        assert "By hand" in after
        got = dump(b, numbers=False)
        got.pop("By hand")
        assert got == clean
        expect(c, 0, r"3 unchanged", c.run("deploy", "--dry-run"))


def case_files():
    """A file whose content changed keeps its number; one that went is removed."""
    with RealBoard("board") as b:
        c = setup(b)
        c.run("deploy")
        old = {f["location"].split("/")[1]: f for f in dump(b)[FIRST]["files"]}
        (c.course / "first" / "two.bin").write_bytes(b"\0new\xff")
        edit(c, "first", "files: [dist/one.txt, two.bin]", "files: [two.bin]")
        expect(c, 0, r"1 changed", c.run("deploy"))
        new = dump(b)[FIRST]["files"]
        assert len(new) == 1 and new[0]["id"] == old["two.bin"]["id"], new
        assert new[0]["sha1sum"] != old["two.bin"]["sha1sum"]


def case_rename():
    """Another name in challenge.yml is a rename, and solves stay; so does another name on the scoreboard."""
    with RealBoard("board") as b:
        c = setup(b)
        c.run("deploy")
        n = ids(b)["Falling"]
        solve(b, player(b), n)
        edit(c, "falling", "name: Falling", "name: Sinking")
        expect(c, 1, r'name: "Falling" -> "Sinking"', c.run("deploy", "--dry-run"))
        expect(c, 0, r"1 changed", c.run("deploy"))
        assert ids(b)["Sinking"] == n and "Falling" not in ids(b)
        assert b.api("GET", "/submissions?per_page=100")["meta"]["pagination"]["total"] == 1
        b.api("PATCH", f"/challenges/{n}", {"name": "Foundering"})
        expect(c, 0, r'name: "Foundering" -> "Sinking"', c.run("deploy"))
        assert ids(b)["Sinking"] == n


def case_reset():
    """A scoreboard that was emptied and filled anew: numbers mean others, names count."""
    with RealBoard("one") as b:
        c = setup(b)
        c.run("deploy")
    with RealBoard("two") as b:
        for name in ("Second", "Falling"):
            b.api("POST", "/challenges", {"name": name, "category": "x", "description": "", "value": 1,
                                          "type": "dynamic" if name == "Falling" else "standard",
                                          **({"initial": 9} if name == "Falling" else {})})
        before = ids(b)
        text = (c.dir / "class.yml").read_text()
        (c.dir / "class.yml").write_text("".join(
            f"  url: {b.url}\n" if line.strip().startswith("url:") else line for line in text.splitlines(True)))
        c.token(b.token)
        expect(c, 0, r"1 created, 2 changed", c.run("deploy"))
        after = ids(b)
        assert after["Second"] == before["Second"] and after["Falling"] == before["Falling"] and len(after) == 3
        expect(c, 0, r"3 unchanged", c.run("deploy"))


def case_two_of_one_name():
    with RealBoard("board") as b:
        c = setup(b)
        for _ in range(2):
            b.api("POST", "/challenges", {"name": "Second", "category": "x", "description": "", "value": 1, "type": "standard"})
        expect(c, 1, r'second: .*two challenges "Second", number 1 and number 2', c.run("deploy"))
        assert len(b.api("GET", "/challenges?view=admin")["data"]) == 2


def case_type_changed():
    with RealBoard("board") as b:
        c = setup(b)
        b.api("POST", "/challenges", {"name": "Falling", "category": "x", "description": "", "value": 1, "type": "standard"})
        expect(c, 1, r"falling: type: .*as standard, challenge.yml says dynamic", c.run("deploy"))
        assert list(ids(b)) == ["Falling"]


def case_prune():
    """Only what a deploy of this class made goes, and solves only when that is said."""
    with RealBoard("board") as b:
        c = setup(b)
        b.api("POST", "/challenges", {"name": "By hand", "category": "x", "description": "", "value": 1, "type": "standard"})
        b.api("POST", "/challenges", {"name": "Second", "category": "x", "description": "", "value": 1, "type": "standard"})
        expect(c, 0, r"2 created, 1 changed", c.run("deploy"))
        solve(b, player(b), ids(b)["Falling"])
        for slug in ("falling", "second"):
            shutil.rmtree(c.course / slug)
        edit(c, "first", "next: Second\n", "")
        expect(c, 0, r'only there "Falling".*made by deploy for falling, 1 solves', c.run("deploy"))
        assert len(ids(b)) == 4
        expect(c, 1, r"its 1 solves would go; .*--prune=with-solves", c.run("deploy", "--prune"))
        assert len(ids(b)) == 4
        expect(c, 1, r"1 to delete, 2 only there", c.run("deploy", "--dry-run", "--prune=with-solves"))
        expect(c, 0, r'deleted   "Falling"', c.run("deploy", "--prune=with-solves"))
        assert sorted(ids(b)) == sorted(["By hand", "Second", FIRST])
        expect(c, 2, r"do not go together", c.run("deploy", "--prune", "--only", "first"))


def case_late():
    """A challenge whose request arrived when a later deploy had made it goes by --prune; the right one stays known."""
    with RealBoard("board") as b:
        c = setup(b)
        expect(c, 0, r"3 created", c.run("deploy"))
        before = ids(b)
        b.api("POST", "/challenges", {"name": "unfinished: Falling", "category": "x", "description": "", "value": 1,
                                      "type": "standard", "state": "hidden"})
        expect(c, 0, r'only there "unfinished: Falling".*made by deploy for falling', c.run("deploy"))
        expect(c, 0, r"", c.run("deploy", "--prune"))
        assert ids(b) == before
        shutil.rmtree(c.course / "falling")
        expect(c, 0, r"", c.run("deploy", "--prune"))
        assert set(ids(b)) == set(before) - {"Falling"}, "the late one's end made deploy forget the right one"


def case_only():
    with RealBoard("board") as b:
        c = setup(b)
        expect(c, 1, r'falling: refers to "Second", which is not on the scoreboard; add `--only second`',
               c.run("deploy", "--only", "falling"))
        expect(c, 3, r"--only: .*the course has no challenge \"nonsense\"", c.run("deploy", "--only", "nonsense"))
        expect(c, 0, r"2 created", c.run("deploy", "--only", "first", "--only", "second"))
        assert "Falling" not in ids(b)
        expect(c, 0, r"1 created, 0 changed, 2 unchanged", c.run("deploy"))


class Between(http.server.BaseHTTPRequestHandler):
    """Passes requests on; after the n-th write was carried out the asker is killed."""
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one segment

    def handle_one(self):
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        conn = http.client.HTTPConnection("127.0.0.1", server.to, timeout=DEADLINE)
        conn.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k != "Host"})
        answer = conn.getresponse()
        data = answer.read()
        if self.command != "GET":
            server.writes += 1
            if server.writes == server.kill_at:
                server.process.send_signal(signal.SIGKILL)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type"))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            pass

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def log_message(self, *_):
        pass


def case_killed():
    """SIGKILL after every write in turn; the next run makes it whole, with nothing twice."""
    with RealBoard("clean") as b:
        c = setup(b, "clean-class")
        c.run("deploy")
        want = dump(b, numbers=False)
    desk.course = course
    n = 1
    while True:
        with RealBoard(f"b{n}") as b:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
            server.daemon_threads = True
            server.to, server.writes, server.kill_at = int(b.url.rsplit(":", 1)[1]), 0, n
            threading.Thread(target=server.serve_forever, daemon=True).start()
            c = Class(f"http://127.0.0.1:{server.server_port}", f"c{n}", token=b.token)
            server.process = subprocess.Popen([desk.wiregrade, "deploy"], cwd=c.dir, stdout=subprocess.DEVNULL)
            status = server.process.wait(DEADLINE)
            total = server.writes
            for name, got in dump(b).items():
                assert name in want or (name.startswith("unfinished: ") and got["state"] == "hidden"), name
            server.kill_at = 0
            expect(c, 0, r"created|changed|unchanged", c.run("deploy"))
            assert dump(b, numbers=False) == want, f"killed after write {n}"
            expect(c, 0, r"3 unchanged", c.run("deploy", "--dry-run"))
            server.shutdown()
            server.server_close()
        if status == 0:
            assert n > total, (n, total)
            assert n > 15, f"only {n} writes"
            return
        assert status == -signal.SIGKILL, status
        n += 1


def case_long_name():
    """A name that is cut for the time being is found again, also where the cut falls into a character."""
    with RealBoard("board") as b:
        c = setup(b)
        for slug in ("first", "falling"):
            shutil.rmtree(c.course / slug)
        name = "x" + "é" * 39
        edit(c, "second", "name: Second", f"name: {name}")
        path = c.course / "second" / "challenge.yml"
        path.write_text(path.read_text().split("requirements:")[0])
        b.api("POST", "/challenges", {"name": "unfinished: x" + "é" * 29, "category": "", "description": "", "value": 1,
                                      "type": "standard", "state": "hidden"})
        expect(c, 0, r"1 created, 0 changed", c.run("deploy"))
        assert list(ids(b)) == [name], ids(b)


def case_older():
    """A release that does not know a key is never sent it, and that is said; one before 3.7.0 is sent nothing."""
    b = fake_ctfd.Board()
    b.url, b.token = b.start(), fake_ctfd.TOKEN
    c = setup(b)
    for version in ("3.6.99", "2.9.0", "new"):
        b.configs["ctf_version"] = version
        expect(c, 4, rf"{b.url}: this is CTFd {version}, and 3\.7\.0 is the least that will do; update it", c.run("deploy"))
    assert {r["method"] for r in b.requests} == {"GET"}, b.requests
    b.configs["ctf_version"] = "3.7.0"
    expect(c, 1, "first: CTFd 3.7.0 does not know attribution", c.run("deploy", "--dry-run"))
    b.configs["ctf_version"] = "3.7.3"
    for slug in ("first", "falling"):
        shutil.rmtree(c.course / slug)
    edit(c, "second", "requirements:", "attribution: by us\nlogic: team\nrequirements:")
    path = c.course / "second" / "challenge.yml"
    path.write_text(path.read_text().split("requirements:")[0] + "solution: how.md\n")
    (c.course / "second" / "how.md").write_text("so\n")
    for key in ("attribution", "logic", "solution"):
        expect(c, 1, rf"second: CTFd 3.7.3 does not know {key}; it is left out", c.run("deploy", "--dry-run"))
    expect(c, 0, r"1 created", c.run("deploy"))
    for request in b.requests:
        for key in ("attribution", "logic", "function", "position", "solution"):
            assert key not in (request["body"] or ""), request
        assert "/solutions" not in request["path"]


def case_render():
    """All or nothing, into a new or empty folder; what it writes is itself a course's challenge."""
    with RealBoard("board") as b:
        c = setup(b)
        out = c.dir / "out"
        expect(c, 0, r"3 challenges in out", c.run("render", "out"))
        assert (out / "first" / "files" / "two.bin").read_bytes() == (c.course / "first" / "two.bin").read_bytes()
        assert "172.16.1.15" in (out / "first" / "challenge.yml").read_text()
        expect(c, 3, r"out: is there and not an empty folder", c.run("render", "out"))
        (c.dir / "empty").mkdir()
        expect(c, 0, r"3 challenges", c.run("render", "empty"))
        edit(c, "first", "{{target}} in it", "{{nonsense}} in it")
        expect(c, 3, r"challenge.yml:\d+:\d+: .*nonsense", c.run("render", "new"))
        assert not list(c.dir.glob("new*")), "something was left"
        edit(c, "first", "{{nonsense}} in it", "{{target}} in it")
        (c.dir / "course.key").unlink()
        expect(c, 3, r"course.key", c.run("render", "new"))
        # the rendered folders are a course that deploys to the same
        c2 = setup(b, "again")
        for slug in ("first", "second", "falling"):
            shutil.rmtree(c2.course / slug)
            shutil.copytree(out / slug, c2.course / slug)
        expect(c2, 0, r"3 created", c2.run("deploy"))


EXTRA = """  image: "web:1"
  ports: [80, 8080]
  redeploy: yes
"""


def case_plugin():
    """Keys of others are warnings; a plugin's type goes to the scoreboard with its extra, and a change of that, too."""
    b = fake_ctfd.Board()
    b.url, b.token = b.start(), fake_ctfd.TOKEN
    c = setup(b)
    for slug in ("first", "falling"):
        shutil.rmtree(c.course / slug)
    (c.course / "second" / "challenge.yml").write_text(
        "name: Second\ncategory: c\ndescription: d\nvalue: 50\ntype: container\nextra:\n" + EXTRA
        + "id: web\nhosting:\n  replicas: 2\nstaet: hidden\nflags: [{content: a, data: case_sensitive}]\n")
    lint = ("lint", "--class", "class.yml")
    for line in (r'second/challenge.yml:5:7: warning: type "container" is sent as it is', r':10:1: warning: unknown key "id"; it stays',
                 r':11:1: warning: unknown key "hosting"', r':13:1: warning: unknown key "staet"; did you mean "state"\?',
                 r"1 challenge, 0 errors, 4 warnings"):
        expect(c, 0, line, c.run(*lint))
    expect(c, 3, r":11:1: error: unknown key(.|\n)*1 challenge, 4 errors, 0 warnings", c.run(*lint, "--strict"))
    expect(c, 0, r'"warnings":4', c.run(*lint, "--format", "json"))
    expect(c, 0, r'warning: unknown key "hosting"(.|\n)*1 created', c.run("deploy"))
    (made,) = b.challenges.values()
    sent = {key: made.get(key) for key in ("name", "type", "value", "image", "ports", "redeploy")}
    assert sent == {"name": "Second", "type": "container", "value": 50, "image": "web:1", "ports": [80, 8080], "redeploy": True}, made
    assert not {"hosting", "staet", "initial"} & set(made), made
    patches = [r for r in b.requests if r["method"] == "PATCH"]
    expect(c, 0, r"0 created, 0 changed", c.run("deploy"))
    edit(c, "second", "8080", "8443")
    expect(c, 0, r"0 created, 1 changed", c.run("deploy"))
    assert made["ports"] == [80, 8443] and len([r for r in b.requests if r["method"] == "PATCH"]) == len(patches) + 1, made
    del made["image"]  # a plugin need not show what it was given
    expect(c, 0, r"0 created, 0 changed", c.run("deploy"))
    expect(c, 0, r'warning: unknown key "id"', c.run("render", "out"))
    shutil.rmtree(c.course / "second")
    shutil.copytree(c.dir / "out" / "second", c.course / "second")
    expect(c, 0, r"1 challenge, 0 errors, 1 warning", c.run(*lint))
    expect(c, 0, r"0 created, 0 changed", c.run("deploy"))
    with RealBoard("board") as without:
        c = setup(without, "without")
        edit(c, "second", "value: 5", "value: 5\ntype: container")
        expect(c, 4, r"second: .*type container", c.run("deploy"))
        assert "Second" not in ids(without)


def main():
    global course, scratch
    desk.wiregrade, course, case = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
    with tempfile.TemporaryDirectory() as scratch:
        desk.scratch = scratch
        globals()[f"case_{case}"]()


if __name__ == "__main__":
    main()
