"""Solves, attempts and the points that they make, for scoreboard.py."""
import re

from asking import BROKEN, STD_403, attempt, expect

SUBMISSION = {"id", "challenge_id", "user_id", "team_id", "ip", "provided", "type", "date", "challenge", "user", "team"}


def a_solve_is_posted_once(b):
    """3.2, 8.1"""
    c, u = b.challenge(), b.user()
    body = {"challenge_id": c, "user_id": u, "type": "correct", "provided": "grader:1", "ip": "192.0.2.5"}
    s = b.post("/submissions", body).data
    expect(set(s) == SUBMISSION, set(s) ^ SUBMISSION)
    expect(s["challenge_id"] == c and s["user_id"] == u and s["team_id"] is None and s["type"] == "correct", s)
    expect(s["provided"] == "grader:1" and s["ip"] == "192.0.2.5" and s["team"] is None, s)
    expect(set(s["challenge"]) == {"id", "name", "category", "value"} and set(s["user"]) == {"id", "name"}, s)
    b.post("/submissions", body).is_(*BROKEN)
    b.post("/submissions", {**body, "provided": "other"}).is_(*BROKEN)
    found = b.get(f"/submissions?type=correct&challenge_id={c}&user_id={u}")
    expect(found.data == [s], found)
    expect(b.get("/submissions?provided=grader%3A1&user_id=" + str(u)).data == [s], "by marker")
    expect(b.get(f"/submissions/{s['id']}").data == s, "by number")
    expect(b.get(f"/users/{u}").data["score"] == 10, "points")
    b.delete(f"/submissions/{s['id']}").is_(200, {"success": True})
    b.delete(f"/submissions/{s['id']}").message(404)
    expect(b.get(f"/users/{u}").data["score"] == 0, "no points")
    b.post("/submissions", body).is_(200)


def what_a_submission_names_must_be_there(b):
    c, u = b.challenge(), b.user()
    good = {"challenge_id": c, "user_id": u, "type": "incorrect"}
    for wrong in ({"user_id": 999999}, {"challenge_id": 999999}, {"team_id": 999999}, {"type": "bogus"}, {"type": 5}):
        b.post("/submissions", {**good, **wrong}).is_(*BROKEN)
    b.post("/submissions", {**good, "challenge_id": "abc"}).error("challenge_id", "value is not a valid integer")
    b.post("/submissions", {**good, "user_id": [1]}).error("user_id", "value is not a valid integer")
    b.post("/submissions", {**good, "ip": "1" * 47}).error("ip", ["Longer than maximum length 46."])
    b.post("/submissions", {**good, "date": "2020-01-01T00:00:00Z"}).error("date", ["Not a valid datetime."])
    b.post("/submissions", {**good, "provided": ["a"]}).error("provided", "str type expected")
    b.post("/submissions", []).is_(*BROKEN)
    b.post("/submissions", "x").message(400)
    expect(b.get(f"/submissions?user_id={u}").data == [], "nothing was stored")
    made = b.post("/submissions", {**good, "challenge_id": str(c), "provided": 5, "ip": 7, "bogus": 1}).data
    expect(made["provided"] == "5" and made["ip"] == "7" and made["challenge_id"] == c, made)
    expect(b.post("/submissions", {**good, "type": "ratelimited", "provided": True}).data["provided"] == "True", "str")


def a_submission_without_a_type_poisons_lists(b):
    c, u = b.challenge(), b.user()
    made = b.post("/submissions", {"challenge_id": c, "user_id": u}).data
    expect(made["type"] is None, made)
    b.get(f"/submissions?user_id={u}").is_(*BROKEN)
    b.get(f"/submissions/{made['id']}").is_(*BROKEN)
    expect(b.get(f"/submissions?user_id={u}&type=correct").data == [], "another type's list")


def submissions_are_filtered_and_paged(b):
    c, u = b.challenge(), b.user()
    ids = [b.post("/submissions", {"challenge_id": c, "user_id": u, "type": "incorrect", "provided": f"p{i}%"}).data["id"]
           for i in range(5)]
    page = b.get(f"/submissions?user_id={u}&per_page=2&page=2")
    expect([row["id"] for row in page.data] == ids[2:4], page)
    expect(page.json["meta"]["pagination"] == {"page": 2, "next": 3, "prev": 1, "pages": 3, "per_page": 2, "total": 5},
           page.json["meta"])
    expect(b.get(f"/submissions?user_id={u}&per_page=1000").json["meta"]["pagination"]["per_page"] == 100, "ceiling")
    zero = b.get(f"/submissions?user_id={u}&per_page=0&page=7").is_(200).json
    expect(zero["data"] == [] and zero["meta"]["pagination"]["pages"] == 0, zero)
    expect(b.get(f"/submissions?user_id={u}&page=-1").json["meta"]["pagination"]["page"] == 1, "negative page")
    expect(b.get(f"/submissions?user_id={u}&page=9").data == [], "past the end")
    expect([r["id"] for r in b.get(f"/submissions?user_id={u}&field=provided&q=p3").data] == [ids[3]], "search")
    expect(len(b.get(f"/submissions?user_id={u}&field=type&q=correct").data) == 5, "correct is part of incorrect")
    expect(len(b.get(f"/submissions?user_id={u}&q=nothing").data) == 5, "q alone filters nothing")
    expect(len(b.get(f"/submissions?user_id={u}&no_such=1").data) == 5, "unknown arguments are ignored")
    b.get("/submissions?challenge_id=abc").error("challenge_id", "value is not a valid integer")
    b.get("/submissions?challenge_id=").error("challenge_id", "value is not a valid integer")
    b.get("/submissions?field=x&q=1").error(
        "field", "value is not a valid enumeration member; permitted: 'challenge_id', 'user_id', 'team_id', 'ip', "
                 "'provided', 'type'")
    expect(b.get("/statistics/submissions/type").data["incorrect"] >= 5, "counts")


def an_attempt_is_promoted_and_taken_back(b):
    """3.4"""
    c, u = b.challenge(), b.user()
    old = b.post("/submissions", {"challenge_id": c, "user_id": u, "type": "discard", "provided": "m",
                                  "ip": "192.0.2.1"}).data
    path = f"/submissions/{old['id']}"
    expect(b.patch(path, {"type": "zz"}).data["type"] == "discard", "other words change nothing")
    expect(b.patch(path, {}).data["type"] == "discard", "no word")
    new = b.patch(path, {"type": "correct"}).data
    expect(new["id"] != old["id"] and new["type"] == "correct", new)
    expect(all(new[k] == old[k] for k in ("date", "ip", "provided", "user_id", "challenge_id")), new)
    expect(b.get(path).data["type"] == "discard", "the old row stays")
    b.patch(path, {"type": "correct"}).error("type", ["Solve already exists for this submission"])
    expect(b.patch(path, {"type": "incorrect"}).data["type"] == "incorrect", "to incorrect")
    b.patch(f"/submissions/{new['id']}", {"type": "incorrect"}).is_(200, {"success": True, "data": {}})
    b.get(f"/submissions/{new['id']}").message(404)
    b.patch("/submissions/999999", {"type": "correct"}).message(404)
    b.patch(path, []).is_(*BROKEN)


def a_student_submits_a_flag(b):
    """4.7, 9.1"""
    c, other, u = b.challenge(), b.challenge(), b.user()
    t = b.user_token(u)
    b.post("/flags", {"challenge_id": c, "content": "flag{x}", "type": "static"}).is_(200)
    b.post("/flags", {"challenge_id": other, "content": "flag{Yé}", "type": "static", "data": "case_insensitive"}).is_(200)
    for wrong in ("flag{y}", "FLAG{X}", "flag{x}x", "flag{", ""):
        expect(attempt(b, t, c, wrong) == (200, "incorrect", "Incorrect"), wrong)
    expect(attempt(b, t, str(c), " flag{x}\n") == (200, "correct", "Correct"), "right")
    expect(attempt(b, t, c, "flag{x}") == (200, "already_solved", "Correct but you already solved this"), "again")
    expect(attempt(b, t, c, "no") == (200, "already_solved", "Incorrect but you already solved this"), "again, wrong")
    expect(attempt(b, t, other, "FLAG{yÉ}") == (200, "correct", "Correct"), "without case")
    solves = b.get("/users/me/solves", token=t)
    expect({row["challenge_id"] for row in solves.data} == {c, other} and solves.json["meta"] == {"count": 2}, solves)
    expect(all(set(row) == SUBMISSION - {"user_id", "team_id", "ip", "provided"} for row in solves.data), solves)
    fails = b.get("/users/me/fails", token=t)
    expect(fails.data == [] and fails.json["meta"] == {"count": 5}, fails)
    listed = b.get(f"/submissions?user_id={u}&type=correct&challenge_id={c}").data
    expect(listed[0]["provided"] == "flag{x}" and listed[0]["ip"] == "127.0.0.1", listed)
    nested = b.get(f"/users/{u}/solves").data
    expect(all(set(row) == SUBMISSION - {"user_id", "team_id"} for row in nested), nested)
    row = [r for r in b.get("/challenges", token=t).data if r["id"] == c][0]
    expect(row["solved_by_me"] is True and row["solves"] == 1, row)
    expect([r["account_id"] for r in b.get(f"/challenges/{c}/solves").data] == [u], "solves of the challenge")


def an_attempt_that_cannot_be_is_refused(b):
    c, hidden, locked = b.challenge(), b.challenge(state="hidden"), b.challenge(state="locked")
    t = b.user_token(b.user())
    for body in ({"challenge_id": hidden, "submission": "x"}, {"challenge_id": 999999, "submission": "x"},
                 {"submission": "x"}):
        b.post("/challenges/attempt", body, token=t).message(404)
    b.post("/challenges/attempt", {"challenge_id": locked, "submission": "x"}, token=t).message(403, STD_403)
    for body in ({"challenge_id": c}, {"challenge_id": c, "submission": 5}, {"challenge_id": c, "submission": None}, []):
        b.post("/challenges/attempt", body, token=t).is_(*BROKEN)
    b.post("/challenges/attempt", {"challenge_id": c, "submission": "x"}, token=None).message(403, STD_403)


def guessing_is_limited(b):
    """4.7, 9.2"""
    few, many = b.challenge(max_attempts=2), b.challenge()
    t = b.user_token(b.user())
    b.post("/flags", {"challenge_id": few, "content": "m", "type": "static"}).is_(200)
    expect(attempt(b, t, few, "a") == (200, "incorrect", "Incorrect. You have 1 try remaining."), "first")
    expect(attempt(b, t, few, "b") == (200, "incorrect", "Incorrect. You have 0 tries remaining."), "second")
    expect(attempt(b, t, few, "m") == (403, "ratelimited", "Not accepted. You have 0 tries remaining"), "locked")
    for i in range(8):
        expect(attempt(b, t, many, f"n{i}")[:2] == (200, "incorrect"), i)
    status, word, message = attempt(b, t, many, "n8")
    expect((status, word) == (429, "ratelimited"), (status, word))
    expect(re.fullmatch(r"You're submitting flags too fast\. Try again in \d+ seconds\.", message), message)


def the_scoreboard_counts_points(b):
    """6.4"""
    c, d, u, v, h = b.challenge(value=30), b.challenge(value=7), b.user(), b.user(), b.user(hidden=True)
    for user, challenge in ((u, c), (v, d), (v, c), (h, c), (h, d)):
        b.post("/submissions", {"challenge_id": challenge, "user_id": user, "type": "correct"}).is_(200)
    rows = [row for row in b.get("/scoreboard").data if row["account_id"] in (u, v, h)]
    expect([(row["account_id"], row["score"]) for row in rows] == [(v, 37), (u, 30)], rows)
    expect(set(rows[0]) == {"pos", "account_id", "account_url", "account_type", "oauth_id", "name", "score",
                            "bracket_id", "bracket_name"}, rows[0])
    expect(rows[0]["account_url"] == f"/users/{v}" and rows[0]["account_type"] == "user", rows[0])
    expect(b.get(f"/users/{h}").data["score"] == 37 and b.get(f"/users/{h}").data["place"] is None, "hidden")
    expect(re.fullmatch(r"\d+(st|nd|rd|th)", b.get(f"/users/{v}").data["place"]), "place")
    b.delete(f"/challenges/{c}").is_(200)
    expect(b.get(f"/users/{v}").data["score"] == 7, "without the challenge")


USERS = (a_solve_is_posted_once, what_a_submission_names_must_be_there, a_submission_without_a_type_poisons_lists,
         submissions_are_filtered_and_paged, an_attempt_is_promoted_and_taken_back, a_student_submits_a_flag,
         an_attempt_that_cannot_be_is_refused, guessing_is_limited, the_scoreboard_counts_points)
