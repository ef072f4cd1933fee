"""What a scoreboard may answer, or not, while solves are posted. For relay.py."""
import re

from desk import Class, PATIENT, board, expect, once
import fake_ctfd  # which desk has found

# kind: (method, path), exit status of a run against it for ever, sentence, state meanwhile
ANSWERS = {
    "html": ("", "", 4, "page instead of JSON", "held"),
    "login": ("", "", 4, "redirected to .*/login", "held"),
    "setup": ("", "", 4, "not set up yet", "held"),
    "401": ("", "", 4, "token in .*ctfd.token is refused .*expired.*make a new one", "held"),
    "403": ("", "", 4, "must be an administrator's", "held"),
    "403page": ("", "", 4, "banned, or a proxy", "held"),
    "import": ("", "", 4, "import is running", "waiting"),
    "404page": ("", "", 4, "is this the address of a CTFd", "held"),
    "429": ("", "", 4, "429", "waiting"),
    "500": ("", "", 4, "500 .Internal Server Error", "waiting"),
    "500page": ("", "", 4, "500", "waiting"),
    "502": ("", "", 4, "502", "waiting"),
    "broken": ("", "", 4, "broken JSON", "waiting"),
    "twice": ("", "", 4, "broken JSON", "waiting"),
    "null": ("", "", 4, "without data", "held"),
    "nothing": ("", "", 4, "no whole answer", "waiting"),
    "garbage": ("", "", 4, "no whole answer", "waiting"),
    "cut": ("", "", 4, "no whole answer", "waiting"),
    "slow": ("", "", 4, "no whole answer.*timed out", "waiting"),
    "drip": ("", "", 4, "no whole answer.*timed out", "waiting"),
    "huge": ("", "", 4, "larger than any of CTFd's", "held"),
    "endless": ("", "", 4, "larger than any of CTFd's", "held"),
}
# the same of the POST alone: CTFd's other answers are right, so that the look-up can say more
POST_ANSWERS = {
    "html": (4, "200", "waiting"),
    "null": (4, "200", "waiting"),
    "401": (4, "token in .*is refused", "held"),
    "403": (4, "must be an administrator's", "held"),
    "404": (4, "404", "held"),
    "400": (1, "ip: Longer than maximum", "rejected"),
    "login": (4, "redirected", "held"),
    "429": (4, "429", "waiting"),
    "500": (4, "500", "waiting"),
    "502": (4, "502", "waiting"),
    "nothing": (4, "no whole answer", "waiting"),
    "cut": (4, "no whole answer", "waiting"),
    "broken": (4, "broken JSON", "waiting"),
    "huge": (4, "larger than any", "waiting"),
    "slow": (4, "timed out", "waiting"),
}


def no_longer(kind):
    """What gives no answer is waited for for two seconds; what gives one is, for as long as it takes."""
    return ("--timeout", "2") if kind in ("slow", "drip") else ()


def answer_case(kind):
    method, path, status, sentence, state = ANSWERS[kind]
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append([method, path, kind, 10**6])
    expect(c, status, sentence, c.outbox("--once", *no_longer(kind)))
    assert set(c.states()) == {state}, c.rows()
    assert any(re.search(sentence, r["note"]) for r in c.rows()), c.rows()
    assert not b.solves()
    assert fake_ctfd.TOKEN not in c.output
    b.faults.clear()
    expect(c, 0, "2 posted", c.outbox())
    once(b)


def post_answer_case(kind):
    status, sentence, state = POST_ANSWERS[kind]
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", kind, 10**6])
    expect(c, status, sentence, c.outbox("--once", *no_longer(kind)))
    assert c.states() == [state], c.rows()
    assert not b.solves()
    b.faults.clear()
    if state == "rejected":
        expect(c, 1, "0 posted", c.outbox())
        return
    expect(c, 0, "1 posted", c.outbox())
    once(b, 1)


def after_case(kind):
    """CTFd has committed, and the answer says something else."""
    b = board()
    c = Class(b.url)
    c.submit(["raw-ipv4"])
    b.faults.append(["POST", "/submissions", "after-" + kind, 1])
    expect(c, 0, "1 posted", c.outbox("--wait", PATIENT, *no_longer(kind)))
    once(b, 1)
    assert sum(r["method"] == "POST" for r in b.requests) == 1, "posted again without a look"


def case_storm():
    """Every POST answered 500 (then 429): requests are few, whatever waits, and all is posted when it is over."""
    for kind, most in (("500", 60), ("429", 30)):
        b = board()
        for n in range(40):
            b.add_user(f"s{n}")
        c = Class(b.url, f"storm{kind}")
        flags = "".join(c.flag("raw-ipv4", f"s{n}") + "\n" for n in range(40))
        assert c.run("submit", "-", stdin=flags) == 0, c.output
        b.faults.append(["POST", "", kind, 10 ** 6])
        expect(c, 4, kind, c.outbox("--wait", "4"))
        assert 1 <= len(b.requests) <= most, f"{kind}: {len(b.requests)} requests in four seconds"
        b.faults.clear()
        expect(c, 0, "40 posted, 0 waiting", c.outbox())
        once(b, 40)


def case_retry_after():
    """Who asks to be left alone for a time is, but not for ever."""
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["POST", "", "429 3 s", 1])
    expect(c, 0, "2 posted", c.outbox())
    refused, again = [r["at"] for r in b.requests if r["method"] == "POST"][:2]
    assert again - refused >= 2.9, again - refused
    b.faults.append(["", "", "503 never", 10 ** 6])
    c.submit(["raw-tcp"])
    before = len(b.requests)
    expect(c, 4, "503", c.outbox("--wait", "4"))
    assert len(b.requests) == before + 1, [r["path"] for r in b.requests[before:]]
    b.faults.clear()
    b.add_challenge("Raw TCP")
    expect(c, 0, "1 posted", c.outbox())
    once(b, 3)


def case_nothing_listens():
    b = board()
    c = Class(b.url)
    c.submit()
    b.stop()
    expect(c, 4, "not reachable .*Connection refused.*is the scoreboard running", c.outbox("--once"))
    assert c.states() == ["waiting", "waiting"]
    expect(c, 4, "not reachable", c.outbox("--wait", "2"))


def case_comes_back():
    """Away for a while during one run, not only between two."""
    b = board()
    c = Class(b.url)
    c.submit()
    b.faults.append(["", "", "502", 3])
    expect(c, 0, "2 posted", c.outbox())
    once(b)


def case_redirect_is_not_followed():
    b, thief = board(), board()
    c = Class(b.url)
    c.submit()
    fake_ctfd.PLAIN_FAULTS["away"] = (307, "text/html", "", {"Location": thief.url + "/api/v1/configs/ctf_version"})
    b.faults.append(["", "", "away", 10**6])
    expect(c, 4, "redirected", c.outbox("--once"))
    assert not thief.requests


def case_no_proxy_for_http():
    b, thief = board(), board()
    c = Class(b.url)
    c.submit()
    env = {k: thief.url for k in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")}
    expect(c, 0, "2 posted", c.outbox(env=env))
    assert not thief.requests
