#!/usr/bin/env python3
"""The scoreboard's API as the grader needs it: the same cases over every scoreboard.

scoreboard.py BOARD [CASE]   starts the executable BOARD for each mode and asks it
scoreboard.py --list         prints the names of the cases

With WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE set, a CTFd 3.8.7 is asked instead: cases of the other mode are
left out, and what a case makes it removes.
"""
import json
import os
import re
import secrets
import sys
import urllib.parse

import parts
from asking import BROKEN, PASSWORD, STD_403, Ctfd, Ours, attempt, expect


def missing(*names):
    return 400, {"success": False, "errors": {name: ["Missing data for required field."] for name in names}}


# -- cases: docstrings say the section of the API's description --------------------------------------------------

def a_token_counts_only_in_a_request_of_json_type(b):
    for type in ("application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.x+json"):
        expect(b.get("/users/me", type=type).data["name"] is not None, type)
    for type in (None, "text/plain", "text/json", "application/jsonx", "application/x-www-form-urlencoded"):
        answer = b.get("/submissions", type=type)
        expect(answer.status == 302 and answer.type.startswith("text/html"), f"{type}: {answer}")
        expect(answer.location.startswith("/login?next=%2Fapi%2Fv1%2Fsubmissions"), answer.location)
        expect(b.get("/users/me", type=type).status == 302, "users/me")
    expect(b.patch("/users/1", {"hidden": False}, type="text/plain").status == 302, "an unsafe method too")


def a_wrong_token_is_401(b):
    b.get("/users/me", token="ctfd_" + "0" * 64).message(401, "Your access token is invalid")
    b.get("/scoreboard", token="x").message(401, "Your access token is invalid")
    b.get("/users/me", token=None, headers={"Authorization": "Token"}).message(401, "Invalid authorization header")
    b.get("/users/me", token=None, headers={"Authorization": "Token  " + b.token}).message(
        401, "Your access token is invalid")
    b.get("/users/me", token=None, headers={"Authorization": "Bearer " + b.token}).is_(200)


def nobody_gets_403_or_a_redirect(b):
    for path in ("/submissions", "/challenges", "/users/me", "/configs", "/flags", "/users/me/solves"):
        b.get(path, token=None).message(403, STD_403)
        expect(b.get(path, token=None, type=None).status == 302, path)
    for path in ("/users", "/scoreboard"):
        b.get(path, token=None, type=None).is_(200)
    for type in ("application/json", None):
        b.post("/users", {"name": "x"}, token=None, type=type).message(403, STD_403)
        b.delete("/challenges/1", token=None, type=type).message(403, STD_403)


def a_student_may_not_do_what_is_for_administrators(b):
    t, c = b.user_token(b.user()), b.challenge()
    for method, path in (("GET", "/submissions"), ("POST", "/submissions"), ("GET", "/submissions/1"),
                         ("PATCH", "/submissions/1"), ("DELETE", "/submissions/1"), ("POST", "/users"),
                         ("PATCH", "/users/1"), ("DELETE", "/users/1"), ("POST", "/challenges"),
                         ("PATCH", f"/challenges/{c}"), ("DELETE", f"/challenges/{c}"),
                         ("GET", f"/challenges/{c}/flags"), ("GET", "/flags"), ("POST", "/flags"),
                         ("DELETE", "/flags/1"), ("GET", "/configs"), ("PATCH", "/configs"),
                         ("GET", "/configs/ctf_name"), ("GET", "/statistics/submissions/type")):
        b.ask(method, path, {}, token=t).message(403, STD_403)


def unknown_paths_are_pages_and_wrong_methods_json(b):
    for path in ("/nope", "/users/", "/users/abc", "/submissions/"):
        answer = b.get(path)
        expect(answer.status == 404 and answer.type.startswith("text/html"), f"{path}: {answer}")
    b.ask("PUT", "/users").message(404)
    b.ask("PUT", "/submissions/1").message(404)
    for path in ("/users/999999", "/challenges/999999", "/challenges/abc", "/submissions/999999", "/submissions/abc",
                 "/flags/999999", "/configs/no_such_key", "/users/999999/solves"):
        b.get(path).message(404)


def answers_are_ascii_json_with_a_newline(b):
    c = b.challenge(name="é😀<b>" + secrets.token_hex(4), description="zwölf\n\t\"\\")
    answer = b.get(f"/challenges/{c}")
    expect(answer.type == "application/json", answer.type)
    expect(answer.raw.endswith(b"\n") and answer.raw.isascii(), "wire format")
    expect(b"\\u00e9\\ud83d\\ude00<b>" in answer.raw, "escapes")
    expect(answer.data["description"] == "zwölf\n\t\"\\", "text survives")


def configs_are_read_and_written(b):
    version = b.get("/configs/ctf_version").data
    expect(version["value"] == "3.8.7" and version["key"] == "ctf_version", version)
    key = "wiregrade_test_" + secrets.token_hex(4)
    b.get(f"/configs/{key}").message(404)
    for value, stored in (("56", "56"), (5, "5"), (True, "1"), (None, None), ("", ""), ("é", "é")):
        b.patch("/configs", {key: value}).is_(200, {"success": True})
        got = b.get(f"/configs/{key}").data
        expect(got["value"] == stored and set(got) == {"id", "key", "value"}, got)
    b.patch("/configs", {key: [1]}).is_(*BROKEN)
    b.patch("/configs", []).is_(*BROKEN)
    expect(b.patch(f"/configs/{key}", {"value": "a"}).data["value"] == "a", "PATCH of one")
    expect([row["key"] for row in b.get(f"/configs?key={key}").data] == [key], "filter")
    expect(any(row["key"] == key for row in b.get("/configs").data), "list")
    b.delete(f"/configs/{key}").is_(200, {"success": True})
    b.delete(f"/configs/{key}").message(404)


PUBLIC = {"id", "name", "website", "affiliation", "country", "bracket_id", "team_id", "oauth_id", "fields"}
SELF = PUBLIC | {"email", "language"}
ADMIN = SELF | {"type", "verified", "hidden", "banned", "change_password", "secret", "created"}


def users_are_made_and_read(b):
    """6.1"""
    name = "c-" + secrets.token_hex(6)
    made = b.post("/users", {"name": name, "email": f"{name}@example.org", "password": "x", "hidden": True}).data
    b.made.append(f"/users/{made['id']}")
    expect(set(made) == ADMIN, set(made) ^ ADMIN)
    expect(made["hidden"] is True and made["type"] == "user" and made["verified"] is False, made)
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00", made["created"]), made["created"])
    got = b.get(f"/users/{made['id']}").data
    expect(set(got) == ADMIN | {"place", "score"}, set(got))
    teams = b.get("/configs/user_mode").data["value"] == "teams"
    expect(got["place"] is None and got["score"] == (None if teams else 0), got)
    shown = b.patch(f"/users/{made['id']}", {"hidden": False}).data
    expect(set(shown) == ADMIN and shown["hidden"] is False and shown["name"] == name, shown)
    t = b.user_token(b.user())
    expect(set(b.get(f"/users/{made['id']}", token=t).data) == PUBLIC | {"place", "score"}, "as others see him")
    b.patch(f"/users/{made['id']}", {"hidden": True}).is_(200)
    b.get(f"/users/{made['id']}", token=t).message(404)
    me = b.get("/users/me", token=t).data
    expect(set(me) == SELF | {"place", "score"}, set(me))
    b.delete(f"/users/{made['id']}").is_(200, {"success": True})
    b.delete(f"/users/{made['id']}").is_(200, {"success": True})
    b.patch("/users/999999", {"hidden": True}).message(404)
    mine = b.get("/users/me").data["id"]
    b.delete(f"/users/{mine}").error("id", "You cannot delete yourself")
    b.patch(f"/users/{mine}", {"banned": True}).error("id", "You cannot ban yourself")


def users_that_cannot_be_are_refused(b):
    u = b.get(f"/users/{b.user()}").data
    free = "c-" + secrets.token_hex(6)
    b.post("/users", {}).is_(*missing("name", "password"))
    b.post("/users", {"name": free}).is_(*missing("password"))
    b.post("/users", {"name": u["name"], "password": "x"}).error("name", ["User name has already been taken"])
    b.post("/users", {"name": free, "email": u["email"], "password": "x"}).error(
        "email", ["Email address has already been used"])
    b.post("/users", {"name": u["name"], "email": u["email"], "password": "x"}).error(
        "email", ["Email address has already been used"])
    b.post("/users", {"name": free, "email": "bad", "password": "x"}).error(
        "email", ["Emails must be a properly formatted email address"])
    b.post("/users", {"name": free, "email": None, "password": "x"}).error("email", ["Field may not be null."])
    b.post("/users", {"name": "", "password": "x"}).error("name", ["User names must not be empty"])
    b.post("/users", {"name": "p" * 129, "password": "x"}).error("name", ["User names must not be empty"])
    b.patch(f"/users/{u['id']}", {"hidden": "x"}).error("hidden", ["Not a valid boolean."])
    b.patch(f"/users/{u['id']}", {"name": ""}).error("name", ["User names must not be empty"])
    for body in ([], "null"):
        b.post("/users", body).is_(*BROKEN)
    for body in ("{", "", "x"):
        b.post("/users", body).message(
            400, "The browser (or proxy) sent a request that this server could not understand.")


def users_are_listed_and_searched(b):
    word = secrets.token_hex(6)
    a = b.user(name=f"c-{word}-a", email=f"a-{word}@example.org")
    h = b.user(name=f"c-{word}-h", email=f"h-{word}@example.org", hidden=True)
    answer = b.get(f"/users?view=admin&field=name&q={word}")
    expect([row["id"] for row in answer.data] == [a, h], answer)
    expect(all(set(row) == PUBLIC for row in answer.data), "public objects, for administrators too")
    expect(answer.json["meta"] == {"pagination": {"page": 1, "next": None, "prev": None, "pages": 1, "per_page": 50,
                                                  "total": 2}}, answer.json["meta"])
    expect([row["id"] for row in b.get(f"/users?field=name&q={word}").data] == [a], "hidden ones are left out")
    email = urllib.parse.quote(f"h-{word}@example.org")
    expect([row["id"] for row in b.get(f"/users?view=admin&field=email&q={email}").data] == [h], "by e-mail")
    t = b.user_token(a)
    b.get("/users?field=email&q=x", token=t).error("field", "Emails can only be queried by admins")
    expect(h not in [row["id"] for row in b.get(f"/users?view=admin&field=name&q={word}", token=t).data], "view=admin")
    b.get("/users?field=bogus&q=a").error(
        "field", "value is not a valid enumeration member; permitted: 'name', 'website', 'country', 'bracket', "
                 "'affiliation', 'email'")
    past = b.get("/users?view=admin&page=9&per_page=3")
    expect(past.data == [] and past.json["meta"]["pagination"]["per_page"] == 50, past)
    expect(past.json["meta"]["pagination"]["prev"] == 8, past)
    expect(b.get("/users?view=admin&page=abc").json["meta"]["pagination"]["page"] == 1, "page is forgiving")
    every = b.get("/users?view=admin").json["meta"]["pagination"]["total"]
    expect(b.get("/users?view=admin&name=nobody").json["meta"]["pagination"]["total"] == every, "?name= is ignored")


CHALLENGE = {"id", "name", "value", "description", "attribution", "connection_info", "next_id", "category", "state",
             "max_attempts", "position", "logic", "initial", "decay", "minimum", "function", "type", "type_data"}
MINE = {"solves", "solved_by_me", "attempts", "files", "tags", "hints", "rating", "ratings", "solution_id",
        "solution_state", "view"}
ROW = {"id", "type", "name", "value", "position", "solves", "solved_by_me", "category", "tags", "template", "script"}


def challenges_are_made_and_read(b):
    """4"""
    name = "c-" + secrets.token_hex(6)
    made = b.post("/challenges", {"name": name, "category": "x", "description": "d", "value": "7",
                                  "type": "standard", "state": "hidden", "max_attempts": 3,
                                  "connection_info": "nc 192.0.2.1 1", "attribution": "a"}).data
    b.made.append(f"/challenges/{made['id']}")
    expect(set(made) == CHALLENGE, set(made) ^ CHALLENGE)
    expect(made["value"] == 7 and made["state"] == "hidden" and made["max_attempts"] == 3, made)
    got = b.get(f"/challenges/{made['id']}").data
    expect(set(got) == CHALLENGE | MINE, set(got) ^ (CHALLENGE | MINE))
    expect(made["id"] not in [row["id"] for row in b.get("/challenges").data], "hidden, without view=admin")
    rows = [row for row in b.get("/challenges?view=admin").data if row["id"] == made["id"]]
    expect(len(rows) == 1 and set(rows[0]) == ROW and rows[0]["name"] == name, rows)
    expect([row["id"] for row in b.get(f"/challenges?view=admin&name={name}").data] == [made["id"]], "?name= is exact")
    expect([row["id"] for row in b.get(f"/challenges?view=admin&field=name&q={name[1:]}").data] == [made["id"]], "q")
    path = f"/challenges/{made['id']}"
    expect(b.patch(path, {"state": "visible", "value": 20, "bogus": 1}).data["value"] == 20, "unknown keys")
    expect(b.patch(path, {}).data["state"] == "visible", "{} changes nothing")
    t = b.user_token(b.user())
    expect(b.get(path, token=t).data["description"] == "d", "as a student")
    b.patch(path, {"state": "locked"}).is_(200)
    b.get(path, token=t).message(404)
    b.patch(path, {"next_id": made["id"]}).is_(200)
    b.patch(path, {"value": 77, "next_id": 999999}).is_(*BROKEN)
    expect(b.get(path).data["value"] == 20, "nothing of a request that failed is stored")
    b.patch("/challenges/999999", {}).message(404)
    b.delete(path).is_(200, {"success": True})
    b.delete(path).message(404)


def challenges_that_cannot_be_are_refused(b):
    b.post("/challenges", {"name": "x", "value": ""}).error("value", ["Not a valid integer."])
    b.post("/challenges", {"name": "a" * 81}).error("name", ["Challenge could not be saved. Challenge name too long"])
    b.post("/challenges", []).error("_schema", ["Invalid input type."])
    b.post("/challenges", {"name": "x", "bogus": 1}).is_(*BROKEN)
    b.post("/challenges", {"name": "x", "flags": ["y"]}).is_(*BROKEN)
    b.post("/challenges", {"name": "x", "type": "nope"}).is_(*BROKEN)
    b.post("/challenges", {"name": "x", "state": None}).error("state", ["Field may not be null."])
    b.post("/challenges", "{").message(400)
    b.get("/challenges?value=abc").error("value", "value is not a valid integer")
    b.get("/challenges?field=zz&q=1").error(
        "field",
        "value is not a valid enumeration member; permitted: 'name', 'description', 'category', 'type', 'state'")


def a_plain_challenge_has_no_tags_hints_topics_files(b):
    """4.8"""
    c = b.challenge()
    for part in ("tags", "hints", "topics", "files"):
        expect(b.get(f"/challenges/{c}/{part}").data == [], part)
        expect(b.get(f"/challenges/999999/{part}").data == [], f"{part} of an unknown challenge")
    expect(b.get(f"/challenges/{c}/requirements").data is None, "requirements")
    b.get("/challenges/999999/requirements").message(404)


def flags_are_made_listed_and_removed(b):
    """5.1"""
    c = b.challenge()
    f = b.post("/flags", {"challenge_id": c, "content": " flag{x}\n", "type": "static"}).data
    expect(f == {"id": f["id"], "challenge_id": c, "challenge": c, "type": "static", "content": "flag{x}",
                 "data": None}, f)
    g = b.post("/flags", {"challenge_id": c, "content": "Y", "type": "static", "data": "case_insensitive"}).data
    for path in (f"/flags?challenge_id={c}", f"/challenges/{c}/flags"):
        expect([row["id"] for row in b.get(path).data] == [f["id"], g["id"]], path)
    expect(any(row["id"] == f["id"] for row in b.get("/flags").data), "all")
    expect(b.get(f"/flags/{f['id']}").data["content"] == "flag{x}", "one")
    expect(b.get("/challenges/999999/flags").data == [], "of an unknown challenge")
    b.get("/flags?challenge_id=abc").error("challenge_id", "value is not a valid integer")
    b.post("/flags", {"challenge_id": c, "type": "static"}).is_(*BROKEN)
    b.post("/flags", {"challenge_id": 999999, "content": "a", "type": "static"}).is_(*BROKEN)
    b.post("/flags", {"challenge_id": "zz", "content": "a", "type": "static"}).error(
        "challenge_id", ["Not a valid integer."])
    b.post("/flags", []).error("_schema", ["Invalid input type."])
    b.delete(f"/flags/{f['id']}").is_(200, {"success": True})
    b.delete(f"/flags/{f['id']}").message(404)


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


def there_are_no_teams_in_users_mode(b):
    b.get("/teams").message(404)
    b.post("/teams", {"name": "t", "password": "x"}).message(404)
    b.get("/teams", token=None).message(404)
    expect(b.get("/configs/user_mode").data["value"] == "users", "mode")


def teams_have_members(b):
    """6.2"""
    expect(b.get("/configs/user_mode").data["value"] == "teams", "mode")
    name = "t-" + secrets.token_hex(6)
    t = b.make("/teams", name=name, password="x")
    b.post("/teams", {"name": name, "password": "x"}).error("name", ["Team name has already been taken"])
    u, v = b.user(), b.user()
    expect(b.post(f"/teams/{t}/members", {"user_id": u}).data == [u], "first member")
    expect(b.post(f"/teams/{t}/members", {"user_id": v}).data == [u, v], "second member")
    b.post(f"/teams/{t}/members", {"user_id": v}).error("id", ["User has already joined a team"])
    b.post(f"/teams/{t}/members", {"user_id": 999999}).message(404)
    b.post("/teams/999999/members", {"user_id": u}).message(404)
    expect(b.get(f"/users/{u}").data["team_id"] == t, "team of the user")
    b.patch(f"/users/{u}", {"team_id": None}).is_(200)
    expect(b.get(f"/users/{u}").data["team_id"] == t, "team_id is not to be set there")
    team = b.get(f"/teams/{t}").data
    expect(team["members"] == [u, v] and team["score"] == 0 and team["place"] is None, team)
    expect(b.get(f"/teams/{t}/members").data == [u, v], "members")
    rows = b.get(f"/teams?view=admin&field=name&q={name}").data
    expect([row["id"] for row in rows] == [t] and "members" not in rows[0] and "email" in rows[0], rows)
    expect(b.ask("DELETE", f"/teams/{t}/members", {"user_id": v}).data == [u], "leaves")
    b.delete(f"/teams/{t}").is_(200, {"success": True})
    expect(b.get(f"/users/{u}").data["team_id"] is None, "no team any more")


def a_solve_is_a_teams(b):
    """3.2, 8.2"""
    c = b.challenge()
    t, other = (b.make("/teams", name="t-" + secrets.token_hex(6), password="x") for _ in range(2))
    u, v, w = b.user(), b.user(), b.user()
    for user in (u, v):
        b.post(f"/teams/{t}/members", {"user_id": user}).is_(200)
    b.post(f"/teams/{other}/members", {"user_id": w}).is_(200)
    s = b.post("/submissions", {"challenge_id": c, "user_id": u, "team_id": t, "type": "correct"}).data
    expect(s["team_id"] == t and set(s["team"]) == {"id", "name"}, s)
    b.post("/submissions", {"challenge_id": c, "user_id": v, "team_id": t, "type": "correct"}).is_(*BROKEN)
    expect([r["id"] for r in b.get(f"/submissions?type=correct&challenge_id={c}&team_id={t}").data] == [s["id"]], "found")
    old = b.post("/submissions", {"challenge_id": c, "user_id": v, "team_id": t, "type": "discard"}).data
    b.patch(f"/submissions/{old['id']}", {"type": "correct"}).is_(*BROKEN)
    expect(b.get(f"/submissions/{old['id']}").data["type"] == "discard", "the old row is as it was")
    rows = [row for row in b.get("/scoreboard").data if row["account_id"] in (t, other)]
    expect(len(rows) == 1 and rows[0]["account_id"] == t and rows[0]["score"] == 10, rows)
    mate = b.get(f"/users/{v}").data
    expect(mate["score"] == 10 and mate["place"] is not None, "a user's points are the team's")
    expect(b.get(f"/teams/{t}").data["score"] == 10, "points of the team")
    expect(rows[0]["account_type"] == "team" and {m["id"] for m in rows[0]["members"]} == {u, v}, rows)
    orphan = b.post("/submissions", {"challenge_id": c, "user_id": w, "type": "correct"}).data
    expect(orphan["team_id"] is None, "without team_id")
    expect(other not in [row["account_id"] for row in b.get("/scoreboard").data], "counts for nobody")
    b.post("/submissions", {"challenge_id": c, "user_id": w, "team_id": other, "type": "correct"}).is_(*BROKEN)
    b.delete(f"/submissions/{orphan['id']}").is_(200)
    b.post("/submissions", {"challenge_id": c, "user_id": w, "team_id": other, "type": "correct"}).is_(200)
    b.ask("DELETE", f"/teams/{t}/members", {"user_id": u}).is_(200)
    b.get(f"/submissions/{s['id']}").message(404)


def a_student_without_a_team_sees_no_challenge(b):
    c, u = b.challenge(), b.user()
    token = b.user_token(u)
    b.get("/challenges", token=token).message(403, STD_403)
    b.post("/challenges/attempt", {"challenge_id": c, "submission": "x"}, token=token).message(403, STD_403)
    t = b.make("/teams", name="t-" + secrets.token_hex(6), password="x")
    b.post(f"/teams/{t}/members", {"user_id": u}).is_(200)
    token = b.user_token(u)
    expect(c in [row["id"] for row in b.get("/challenges", token=token).data], "with a team")
    b.post("/flags", {"challenge_id": c, "content": "x", "type": "static"}).is_(200)
    expect(attempt(b, token, c, "x") == (200, "correct", "Correct"), "and may submit")
    expect(b.get(f"/submissions?team_id={t}&type=correct").data[0]["user_id"] == u, "for the team")


EITHER = (a_token_counts_only_in_a_request_of_json_type, a_wrong_token_is_401, configs_are_read_and_written,
          users_are_made_and_read, users_that_cannot_be_are_refused, unknown_paths_are_pages_and_wrong_methods_json)
USERS = EITHER + (
    nobody_gets_403_or_a_redirect, a_student_may_not_do_what_is_for_administrators,
    answers_are_ascii_json_with_a_newline, users_are_listed_and_searched, challenges_are_made_and_read,
    challenges_that_cannot_be_are_refused,
    a_plain_challenge_has_no_tags_hints_topics_files, flags_are_made_listed_and_removed, a_solve_is_posted_once,
    what_a_submission_names_must_be_there, a_submission_without_a_type_poisons_lists,
    submissions_are_filtered_and_paged, an_attempt_is_promoted_and_taken_back, a_student_submits_a_flag,
    an_attempt_that_cannot_be_is_refused, guessing_is_limited, the_scoreboard_counts_points,
    there_are_no_teams_in_users_mode)
USERS += parts.USERS
TEAMS = EITHER + (teams_have_members, a_solve_is_a_teams, a_student_without_a_team_sees_no_challenge) + parts.TEAMS
CASES = {"users": USERS, "teams": TEAMS}


def run(board, mode, only):
    failed = ran = 0
    for case in CASES[mode]:
        if only and case.__name__ != only:
            continue
        ran += 1
        try:
            case(board)
            print(f"ok   {mode} {case.__name__}")
        except (AssertionError, KeyError, TypeError, AttributeError, OSError) as e:
            failed += 1
            print(f"FAIL {mode} {case.__name__}: {type(e).__name__}: {e} (line {e.__traceback__.tb_next and e.__traceback__.tb_next.tb_lineno})")
    # not sooner: SQLite would give the numbers again, for which CTFd's cache may still count attempts
    board.clean()
    return ran, failed


def main():
    url, token_file = os.environ.get("WIREGRADE_CTFD_URL"), os.environ.get("WIREGRADE_CTFD_TOKEN_FILE")
    arguments = sys.argv[1:]
    if arguments == ["--list"]:
        print("\n".join(sorted({case.__name__ for cases in CASES.values() for case in cases})))
        return 0
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    only = arguments[1] if len(arguments) > 1 else None
    ran = failed = 0
    if url and token_file:
        with open(token_file) as f:
            board = Ctfd(url, f.read().strip())
        ran, failed = run(board, board.get("/configs/user_mode").data["value"], only)
    else:
        for mode in CASES:
            board = Ours(arguments[0], mode)
            try:
                more = run(board, mode, only)
                ran, failed = ran + more[0], failed + more[1]
            finally:
                board.stop()
    print(f"{ran} cases, {failed} failed")
    return 1 if failed or not ran else 0


sys.exit(main())
