#!/usr/bin/env python3
"""The scoreboard's API as the grader needs it: the same cases over every scoreboard.

scoreboard.py BOARD [CASE]   starts the executable BOARD for each mode and asks it
scoreboard.py --list         prints the names of the cases

With WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE set, a CTFd 3.8.7 is asked instead: cases of the other mode are
left out, and what a case makes it removes.
"""
import os
import re
import secrets
import sys
import urllib.parse

import parts
import submissions
from asking import BROKEN, STD_403, Ctfd, Ours, attempt, expect


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
    a_plain_challenge_has_no_tags_hints_topics_files, flags_are_made_listed_and_removed, *submissions.USERS,
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
