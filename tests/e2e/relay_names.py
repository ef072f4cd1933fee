"""Whom and what on the scoreboard a solve is posted for. For relay.py."""
from desk import Class, SLUGS, STUDENT, board, expect, once
import fake_ctfd  # which desk has found


def case_nobody_and_nothing_there():
    """No such user, no such challenge, two of one name: held with the mend, posted once mended."""
    b = fake_ctfd.Board()
    b.url = b.start()
    c = Class(b.url)
    c.submit()
    expect(c, 1, "no challenge .*; run `wiregrade deploy`", c.outbox())
    assert c.states() == ["held", "held"]
    for name in SLUGS.values():
        b.add_challenge(name)
    twin = b.add_challenge("Raw IPv4")
    expect(c, 1, '2 challenges "Raw IPv4"', c.outbox())
    del b.challenges[twin]
    expect(c, 1, 'no user "smith"; smith has to register', c.outbox())
    other = b.add_user("Smith")
    expect(c, 1, 'one named "Smith"', c.outbox())
    b.users[other]["name"] = "smithers"
    one, two = b.add_user("smith"), b.add_user("smith")
    expect(c, 1, '2 users "smith"', c.outbox())
    assert c.states() == ["held", "held"]
    del b.users[two]
    expect(c, 0, "2 posted", c.outbox())
    once(b)
    assert {s["user_id"] for s in b.solves()} == {one}


def case_ids_change():
    """Ids are remembered, and not used once they belong to somebody else."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    expect(c, 0, "1 posted", c.outbox())
    b.users[b.user]["name"] = "jones"
    again = b.add_user(STUDENT)
    old = next(n for n, ch in b.challenges.items() if ch["name"] == "Stream sender")
    b.challenges[old]["name"] = "Something else"
    new = b.add_challenge("Stream sender")
    c.submit(["stream-sender"])
    expect(c, 0, "1 posted", c.outbox())
    assert (again, new) in {(s["user_id"], s["challenge_id"]) for s in b.solves()}, b.solves()


def case_import_forgets_ids():
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", "import", 1])
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)


def case_roster_email():
    b = fake_ctfd.Board()
    b.url = b.start()
    for name in SLUGS.values():
        b.add_challenge(name)
    for i in range(120):
        b.add_user(f"u{i}", f"x{i}a_b@example.edu")
    right = b.add_user("Agent", "A_B@example.edu")
    b.add_user("near", "aXb@example.edu")
    c = Class(b.url, roster="handle,name,email\nsmith,Sam Smith,a_b@example.edu\njones,J,j@example.edu\n")
    c.submit()
    expect(c, 0, "2 posted", c.outbox())
    assert {s["user_id"] for s in b.solves()} == {right}
    c.submit(["raw-ipv4"], "jones")
    expect(c, 1, "no user with the e-mail address j@example.edu; `wiregrade roster sync` makes it, or jones registers", c.outbox())


def case_user_beyond_first_page():
    b = board()
    for i in range(130):
        b.add_user(f"smith{i}")
    b.users[b.user]["name"] = STUDENT + "\0x"  # not him, though a C string ends there
    right = b.add_user(STUDENT)
    c = Class(b.url)
    c.submit()
    expect(c, 0, "2 posted", c.outbox())
    assert {s["user_id"] for s in b.solves()} == {right}


def case_pages_without_end():
    """What is not read to its end is no answer: it is said, and nothing is posted."""
    b = board()
    b.pages = 1 << 40
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    expect(c, 4, "/api/v1/users has more than 5000 pages", c.outbox())
    assert b.solves() == [] and c.states() == ["held"], c.output
    b.pages = 0
    expect(c, 0, "1 posted", c.outbox())


def case_teams():
    b = board("teams")
    c = Class(b.url, mode="teams")
    c.submit(["raw-ipv4"])
    expect(c, 1, "has to join a team", c.outbox())
    assert not b.solves()
    b.teams[4] = b.teams[5] = True
    b.users[b.user]["team_id"] = 4
    expect(c, 0, "1 posted", c.outbox())
    assert b.solves()[0]["team_id"] == 4
    # a team-mate's solve counts for both
    mate = b.add_user("jones", team=4)
    c.submit(["raw-ipv4"], "jones")
    expect(c, 0, "a team-mate's was already on the scoreboard", c.outbox())
    assert len(b.solves()) == 1 and mate not in {s["user_id"] for s in b.solves()}
    # ours, but for an earlier team: removed and posted for the present one
    doe = b.add_user("doe", team=5)
    n = b.post("/submissions", {"type": "correct", "user_id": doe, "team_id": None, "provided": "wiregrade:w1/raw-ipv4/doe",
                                "challenge_id": next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")})
    c.submit(["raw-ipv4"], "doe")
    expect(c, 0, "1 posted", c.outbox())
    assert n["data"]["id"] not in b.submissions
    assert [s["team_id"] for s in b.solves() if s["user_id"] == doe] == [5]


def case_mode_differs():
    b = board("teams")
    c = Class(b.url)
    c.submit()
    expect(c, 4, "in teams mode, class.yml says `mode: users`", c.outbox())
    assert not b.solves()


def case_students_own_solve():
    b = board()
    raw = next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")
    b.post("/submissions", {"type": "correct", "user_id": b.user, "challenge_id": raw, "provided": "flag{own}"})
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    expect(c, 0, "it was already on the scoreboard, as submission 1", c.outbox())
    once(b, 1)


def case_dynamic_value():
    b = board()
    raw = next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")
    b.challenges[raw]["function"] = "linear"
    c = Class(b.url)
    c.submit()
    b.faults.append(["PATCH", "/challenges", "502", 1])
    expect(c, 0, "2 posted", c.outbox())
    assert [ch["recomputed"] for ch in b.challenges.values()] == [1 if n == raw else 0 for n in b.challenges]
    once(b)


def case_vanished_while_posting():
    """A 500 because the challenge went away after it was looked up: found out, held, mended."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    raw = next(k for k, v in b.challenges.items() if v["name"] == "Raw IPv4")
    real = b.post

    def post(path, body):
        b.challenges.pop(raw, None)
        return real(path, body)
    b.post = post
    expect(c, 1, 'no challenge "Raw IPv4"; run `wiregrade deploy`', c.outbox())
    b.post = real
    b.add_challenge("Raw IPv4")
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)
