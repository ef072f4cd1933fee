"""What hangs on a challenge: tags, topics, hints, files, solutions, requirements, and values that follow the solves."""
import hashlib
import secrets

from asking import BROKEN, STD_403, attempt, expect


def ids(answer):
    return [row["id"] for row in answer.data]


def tags_are_made_changed_and_removed(b):
    """5.3"""
    c = b.challenge()
    t = b.post("/tags", {"challenge_id": c, "value": "tcp"}).data
    expect(t == {"id": t["id"], "challenge_id": c, "challenge": c, "value": "tcp"}, t)
    u = b.post("/tags", {"challenge_id": c, "value": "tcp"}).data  # not unique
    expect(ids(b.get(f"/challenges/{c}/tags")) == [t["id"], u["id"]], "of the challenge")
    expect(ids(b.get(f"/tags?challenge_id={c}&value=tcp")) == [t["id"], u["id"]], "filtered")
    expect(b.patch(f"/tags/{t['id']}", {"value": "udp"}).data["value"] == "udp", "changed")
    expect(b.get(f"/challenges/{c}").data["tags"] == ["udp", "tcp"], "as texts")
    row = [r for r in b.get("/challenges?view=admin").data if r["id"] == c][0]
    expect(row["tags"] == [{"value": "udp"}, {"value": "tcp"}], "as objects in the list")
    b.delete(f"/tags/{t['id']}").is_(200, {"success": True})
    b.delete(f"/tags/{t['id']}").message(404)
    b.patch(f"/tags/{t['id']}", {"value": "x"}).message(404)
    b.post("/tags", {"challenge_id": 999999, "value": "x"}).is_(*BROKEN)


def topics_are_shared_words(b):
    """5.3"""
    c, d, word = b.challenge(), b.challenge(), "topic-" + secrets.token_hex(4)
    link = b.post("/topics", {"value": word, "type": "challenge", "challenge_id": c}).data
    expect(set(link) == {"id", "challenge_id", "challenge", "topic_id", "topic"} and link["challenge_id"] == c, link)
    other = b.post("/topics", {"value": word, "type": "challenge", "challenge_id": d}).data
    expect(other["topic_id"] == link["topic_id"], "one word, once")
    third = b.post("/topics", {"topic_id": link["topic_id"], "type": "challenge", "challenge_id": d}).data
    expect(third["topic_id"] == link["topic_id"], "by its number")
    rows = b.get(f"/challenges/{c}/topics").data
    expect(rows == [{"id": link["id"], "challenge_id": c, "topic_id": link["topic_id"], "value": word}], rows)
    expect(b.get(f"/topics/{link['topic_id']}").data == {"id": link["topic_id"], "value": word}, "the word")
    b.post("/topics", {"value": word, "challenge_id": c}).is_(400, {"success": False})
    b.ask("DELETE", f"/topics?type=page&target_id={link['id']}").is_(400, {"success": False})
    b.ask("DELETE", f"/topics?type=challenge&target_id={link['id']}").is_(200, {"success": True})
    b.ask("DELETE", f"/topics?type=challenge&target_id={link['id']}").message(404)
    expect(b.get(f"/challenges/{c}/topics").data == [], "unlinked")
    b.delete(f"/topics/{link['topic_id']}").is_(200)
    expect(b.get(f"/challenges/{d}/topics").data == [], "gone everywhere")


def flags_are_changed(b):
    """5.1"""
    c, t = b.challenge(), b.user_token(b.user())
    f = b.post("/flags", {"challenge_id": c, "content": "one", "type": "static"}).data
    expect(b.patch(f"/flags/{f['id']}", {"content": "two", "data": "case_insensitive"}).data
           == dict(f, content="two", data="case_insensitive"), "changed")
    expect(attempt(b, t, c, "one")[1] == "incorrect" and attempt(b, t, c, "TWO")[1] == "correct", "and used")
    b.patch("/flags/999999", {"content": "x"}).message(404)


def a_regex_flag_takes_the_whole_text(b):
    """9.1"""
    t = b.user_token(b.user())
    for pattern, data, right, wrong in (
            (r"flag\{raw\.[a-z0-9_-]{1,32}(?:\.[a-z2-7]{4}){2}\}", "", "flag{raw.smith.abcd.efgh}",
             ("xflag{raw.smith.abcd.efgh}", "flag{raw.smith.abcd.efgh}x", "FLAG{raw.smith.abcd.efgh}")),
            ("ab+", "case_insensitive", "ABBB", ("a", "ABBBc")),
            ("a|ab", "", "a", ("ab",))):
        c = b.challenge()
        b.post("/flags", {"challenge_id": c, "content": pattern, "type": "regex", "data": data}).is_(200)
        for text in wrong:
            expect(attempt(b, t, c, text)[1] == "incorrect", f"{pattern}: {text}")
        expect(attempt(b, t, c, right)[1] == "correct", f"{pattern}: {right}")
    c = b.challenge()
    b.post("/flags", {"challenge_id": c, "content": "a(", "type": "regex"}).is_(200)
    expect(attempt(b, t, c, "a(") == (200, "incorrect", "Regex parse error occured"), "a broken pattern")


def all_flags_may_be_wanted(b):
    """4.3, 9.1: logic"""
    c, u = b.challenge(logic="all"), b.user()
    t = b.user_token(u)
    for text in ("one", "two"):
        b.post("/flags", {"challenge_id": c, "content": text, "type": "static"}).is_(200)
    expect(b.get(f"/challenges/{c}").data["logic"] == "all", "logic")
    for _ in range(2):
        expect(attempt(b, t, c, "one") == (200, "partial", "Correct but more flags are required"), "one of two")
    expect(attempt(b, t, c, "three")[1] == "incorrect", "wrong")
    expect(attempt(b, t, c, "two") == (200, "correct", "Correct"), "both")
    expect(len(b.get(f"/submissions?challenge_id={c}&type=partial").data) == 2, "each is kept")
    b.patch(f"/challenges/{c}", {"logic": "any"}).is_(200)


def hints_are_bought(b):
    """5.2, 5.6"""
    c, worth, u = b.challenge(), b.challenge(value=10), b.user()
    t = b.user_token(u)
    h = b.post("/hints", {"challenge_id": c, "content": "look", "cost": 4, "title": "A look"}).data
    expect({k: h[k] for k in ("challenge_id", "content", "cost", "title", "requirements")}
           == {"challenge_id": c, "content": "look", "cost": 4, "title": "A look", "requirements": None}, h)
    k = b.post("/hints", {"challenge_id": c, "content": "then", "cost": 0,
                          "requirements": {"prerequisites": [h["id"]]}}).data
    listed = b.get(f"/challenges/{c}/hints").data
    expect([(r["id"], r["content"], r["requirements"]) for r in listed]
           == [(h["id"], "look", None), (k["id"], "then", {"prerequisites": [h["id"]]})], listed)
    expect("html" not in listed[0], "no html in the list")
    expect(all("content" not in r for r in b.get("/hints").data), "no content in the list of all")
    seen = b.get(f"/challenges/{c}", token=t).data["hints"]
    expect(seen == [{"id": h["id"], "cost": 4, "title": "A look"}, {"id": k["id"], "cost": 0, "title": None}], seen)
    expect("content" not in b.get(f"/hints/{h['id']}", token=t).data, "locked")
    expect(b.get(f"/hints/{h['id']}?preview=true").data["content"] == "look", "previewed")
    b.post("/unlocks", {"target": h["id"], "type": "hints"}, token=t).error(
        "score", "You do not have enough points to unlock this hint")
    b.post("/submissions", {"challenge_id": worth, "user_id": u, "type": "correct"}).is_(200)
    b.get(f"/hints/{k['id']}", token=t).is_(
        403, {"success": False, "errors": {"requirements": ["You must unlock other hints before accessing this hint"]}})
    bought = b.post("/unlocks", {"target": h["id"], "type": "hints"}, token=t).data
    expect(bought["target"] == h["id"] and bought["user_id"] == u and bought["type"] == "hints", bought)
    b.post("/unlocks", {"target": h["id"], "type": "hints"}, token=t).error(
        "target", "You've already unlocked this target")
    expect(b.get(f"/hints/{h['id']}", token=t).data["content"] == "look", "unlocked")
    expect(b.get(f"/challenges/{c}", token=t).data["hints"][0]["content"] == "look", "in the challenge too")
    b.get(f"/hints/{k['id']}", token=t).is_(200)
    awards = b.get(f"/awards?user_id={u}").data
    expect([(a["value"], a["user_id"]) for a in awards] == [(-4, u)], awards)
    expect(b.get(f"/users/{u}").data["score"] == 6, "points less the hint")
    expect([r["score"] for r in b.get("/scoreboard").data if r["account_id"] == u] == [6], "on the scoreboard too")
    b.patch(f"/hints/{h['id']}", {"cost": 5}).is_(200)
    expect(b.get(f"/hints/{h['id']}", token=t).data["cost"] == 5, "changed, still unlocked")
    b.delete(f"/hints/{h['id']}").is_(200)
    b.delete(f"/hints/{h['id']}").message(404)


def notifications_are_for_all(b):
    """6.6"""
    u = b.user()
    t = b.user_token(u)
    body = {"title": "ann: a title", "content": "a text", "type": "toast", "sound": False, "user_id": u}
    n = b.post("/notifications", body).data
    expect((n["title"], n["content"], n["user_id"], n["team_id"], n["type"], n["sound"])
           == ("ann: a title", "a text", u, None, "toast", False) and n["date"].startswith("20"), n)
    kept = {k: v for k, v in n.items() if k not in ("type", "sound")}
    for who in ("admin", t, None):
        got = [{**x, "html": kept["html"]} for x in b.get(f"/notifications?user_id={u}", token=who).data]
        expect(got == [kept], got)
    expect(b.get(f"/notifications/{n['id']}").data["title"] == "ann: a title", "by its number")
    expect(b.get(f"/notifications?user_id={u}&title=other").data == [], "filtered")
    b.post("/notifications", body, token=t).message(403, STD_403)
    b.post("/notifications", {"title": "x", "user_id": 999999}).is_(*BROKEN)
    b.delete(f"/notifications/{n['id']}").is_(200, {"success": True})
    b.delete(f"/notifications/{n['id']}").message(404)


def upload(b, fields, files):
    boundary = "b" + secrets.token_hex(8)
    body = b""
    for name, value in fields.items():
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, content in files:
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n").encode() + content + b"\r\n"
    return b.ask("POST", "/files", body + f"--{boundary}--\r\n".encode(),
                 type=f"multipart/form-data; boundary={boundary}")


def files_are_uploaded_and_replaced(b):
    """5.4"""
    c, name = b.challenge(), "notes-" + secrets.token_hex(4) + ".txt"
    place = secrets.token_hex(16)
    binary = bytes(range(256)) * 40 + b"\r\n--x\r\n"
    made = upload(b, {"challenge_id": c, "type": "challenge"}, [(name, b"one"), ("b.bin", binary)]).data
    expect([f["type"] for f in made] == ["challenge"] * 2, made)
    expect([f["sha1sum"] for f in made] == [hashlib.sha1(x).hexdigest() for x in (b"one", binary)], made)
    expect(made[0]["location"].endswith("/" + name) and len(made[0]["location"].split("/")[0]) == 32, made)
    listed = b.get(f"/challenges/{c}/files").data
    expect([f["location"] for f in listed] == [f["location"] for f in made], listed)
    urls = b.get(f"/challenges/{c}").data["files"]
    expect([u.split("?")[0] for u in urls] == ["/files/" + f["location"] for f in made], urls)
    got = b.ask("GET", urls[1], base="", type=None, token=None)
    expect(got.status == 200 and got.raw == binary, "the same bytes back")
    same = upload(b, {"challenge_id": c, "type": "challenge", "location": f"{place}/{name}"}, [(name, b"two")]).data[0]
    again = upload(b, {"challenge_id": c, "type": "challenge", "location": f"{place}/{name}"}, [(name, b"three")]).data[0]
    expect(again["id"] == same["id"] and again["sha1sum"] == hashlib.sha1(b"three").hexdigest(), "replaced")
    for location in ("x", "a/b/c"):
        expect(upload(b, {"challenge_id": c, "type": "challenge", "location": location}, [("f", b"1")]).status == 400,
               location)
    expect(upload(b, {"challenge_id": c, "type": "challenge", "location": "a/b"}, [("f", b"1"), ("g", b"2")]).status
           == 400, "one place for two")
    expect(upload(b, {"challenge_id": c, "type": "challenge"}, []).data == [], "nothing")
    for f in made + [again]:
        b.delete(f"/files/{f['id']}").is_(200, {"success": True})
    b.delete(f"/files/{made[0]['id']}").message(404)
    expect(b.get(f"/challenges/{c}/files").data == [], "removed")


def a_challenge_has_one_solution(b):
    """5.5"""
    c, u = b.challenge(), b.user()
    t = b.user_token(u)
    s = b.post("/solutions", {"challenge_id": c, "content": "so", "state": "solved"}).data
    expect({k: s[k] for k in ("challenge_id", "content", "state")}
           == {"challenge_id": c, "content": "so", "state": "solved"}, s)
    for twice in (c, 999999):
        b.post("/solutions", {"challenge_id": twice, "content": "x"}).error(
            "challenge_id", ["A solution for this challenge already exists"])
    expect(b.get(f"/challenges/{c}", token=t).data["solution_id"] is None, "not solved")
    b.get(f"/solutions/{s['id']}", token=t).message(404)
    b.post("/submissions", {"challenge_id": c, "user_id": u, "type": "correct"}).is_(200)
    expect(b.get(f"/challenges/{c}", token=t).data["solution_id"] == s["id"], "solved")
    expect(b.patch(f"/solutions/{s['id']}", {"content": "thus", "state": "visible"}).data["content"] == "thus", "changed")
    expect([r["state"] for r in b.get("/solutions").data if r["id"] == s["id"]] == ["visible"], "listed")
    b.delete(f"/solutions/{s['id']}").is_(200)
    b.get(f"/solutions/{s['id']}").message(404)


def requirements_come_first(b):
    """4.1, 4.3"""
    first, u = b.challenge(), b.user()
    t = b.user_token(u)
    plain = b.challenge(requirements={"prerequisites": [first]})
    masked = b.challenge(requirements={"prerequisites": [first, 999999], "anonymize": True})
    shown = b.challenge(requirements={"prerequisites": [first], "anonymize": "preview"})
    expect(b.get(f"/challenges/{plain}/requirements").data == {"prerequisites": [first]}, "stored")
    rows = {r["id"]: r for r in b.get("/challenges", token=t).data}
    expect(plain not in rows and rows[masked]["name"] == "???" and rows[masked]["value"] == 0, rows.get(masked))
    expect(rows[shown]["type"] == "hidden" and rows[shown]["value"] == 10 and rows[shown]["name"] != "???", rows[shown])
    b.get(f"/challenges/{plain}", token=t).message(403, STD_403)
    expect(b.get(f"/challenges/{masked}", token=t).data["name"] == "???", "masked")
    b.post("/flags", {"challenge_id": plain, "content": "x", "type": "static"}).is_(200)
    b.post("/challenges/attempt", {"challenge_id": plain, "submission": "x"}, token=t).message(403, STD_403)
    b.post("/submissions", {"challenge_id": first, "user_id": u, "type": "correct"}).is_(200)
    expect(attempt(b, t, plain, "x") == (200, "correct", "Correct"), "once met")
    b.patch(f"/challenges/{plain}", {"requirements": None}).is_(200)
    expect(b.get(f"/challenges/{plain}/requirements").data in (None, {}), "cleared")
    b.post("/challenges", {"name": "x", "requirements": [1]}).is_(400)


def values_follow_the_solves(b):
    """4.3, 4.4, 9.3"""
    users = [b.user() for _ in range(4)]
    linear = b.challenge(value=500, function="linear", minimum=100, decay=30)
    parabola = b.challenge(type="dynamic", initial=500, minimum=100, decay=4)
    made = b.get(f"/challenges/{linear}").data
    expect((made["initial"], made["minimum"], made["decay"], made["function"]) == (500, 100, 30, "linear"), made)
    made = b.get(f"/challenges/{parabola}").data
    expect((made["type"], made["value"], made["function"]) == ("dynamic", 500, "logarithmic"), made)
    for c, values in ((linear, (500, 470, 440, 410)), (parabola, (500, 475, 400, 275))):
        for n, u in enumerate(users):
            b.post("/submissions", {"challenge_id": c, "user_id": u, "type": "correct"}).is_(200)
            expect(b.patch(f"/challenges/{c}", {}).data["value"] == values[n], f"{n + 1} solves")
    b.post("/challenges", {"name": "x", "value": 5, "function": "linear", "decay": 1}).is_(
        500, {"success": False, "errors": {"": ["Missing 'minimum' but function is linear"]}})
    b.post("/challenges", {"name": "x", "type": "dynamic"}).is_(
        500, {"success": False, "errors": {"": ["Missing initial value for challenge"]}})


def the_whole_team_may_be_wanted(b):
    """9.1: logic team"""
    c, u, v = b.challenge(logic="team"), b.user(), b.user()
    t = b.make("/teams", name="t-" + secrets.token_hex(6), password="x")
    for user in (u, v):
        b.post(f"/teams/{t}/members", {"user_id": user}).is_(200)
    b.post("/flags", {"challenge_id": c, "content": "x", "type": "static"}).is_(200)
    tokens = [b.user_token(user) for user in (u, v)]
    expect(attempt(b, tokens[0], c, "x") == (200, "partial", "Correct but all team members must submit a flag"), "one")
    expect(attempt(b, tokens[1], c, "x") == (200, "correct", "Correct"), "both")


USERS = (tags_are_made_changed_and_removed, topics_are_shared_words, flags_are_changed,
         a_regex_flag_takes_the_whole_text, all_flags_may_be_wanted, hints_are_bought, files_are_uploaded_and_replaced,
         a_challenge_has_one_solution, requirements_come_first, values_follow_the_solves, notifications_are_for_all)
TEAMS = (the_whole_team_may_be_wanted,)
