#!/usr/bin/env python3
"""board_student.py WIREGRADE COURSE [SCREENSHOT_FOLDER]: a student of a class at the page, by keyboard alone, at a desk and
on a phone, in light and dark. Exit 77: no Chromium here."""
import os
import sys
import tempfile

import paste
import desk
from browser import Browser, ENTER, SPACE, need_browser

HINT = "Count in **words**:\n\n| | |\n|---|---|\n| IHL | 5 |\n"


def of(name):
    """The card's details as a CSS selector."""
    return f"details:has(a[href^='#{name.replace(' ', '%20')}-'])"


def prepare(room):
    room.deploy(0, "created   raw-ipv4")
    api = room.b.api
    for hint in api("GET", "/hints")["data"]:  # the course's own: what is looked at are these two
        api("DELETE", f"/hints/{hint['id']}")
    for cost, title in ((3, "The header's length"), (0, "")):
        api("POST", "/hints", {"challenge_id": room.ids["Raw IPv4"], "content": HINT, "cost": cost, "title": title})
    (room.c.dir / "target.jsonl").write_text(paste.line("bob", "47:33") + paste.line("bob", "46:33", right=9, findings=[
        {"field": "payload", "status": "fail", "expected": '"I am bob"', "got": '"I  am bob"', "codes": ["EXTRA_BLANKS"],
         "place": "byte 1 of the IPv4 header", "why": "more blanks"}], remark="judged after 0.2 s of silence"))


def challenges_and_text(browser):
    got = browser.run("return [...document.querySelectorAll('#challenges > h2')].map((e) => e.textContent)")
    assert got == ["Knowledge", "Stream and datagram sockets", "Encoding", "Raw sockets", "Practice"], got
    browser.tab_to("Raw TCP")
    browser.keys(ENTER)
    browser.until(of("Raw TCP"), "Acknowledgment number")
    assert browser.run("return document.querySelectorAll(arguments[0] + ' table tr').length", of("Raw TCP")) == 12
    assert "tcp.ack_raw" in browser.text(of("Raw TCP")) and "Nothing yet." in browser.text(of("Raw TCP"))
    assert "Raw%20TCP-" in browser.run("return location.hash"), "the address names the challenge"
    browser.keys(ENTER)


def one_try(browser, room):
    """What reached the target shows by itself, with its reason; a second student's does not."""
    browser.tab_to("Raw IPv4")
    browser.keys(ENTER)
    browser.until(of("Raw IPv4"), "7 of 9 right")
    shown = browser.text(of("Raw IPv4"))
    for part in ("24 (CS3)", "NOT_SHIFTED", "ip.id", "10.10.0.40", "the briefing tells: seen"):
        assert part in shown, (part, shown)
    with open(room.c.dir / "target.jsonl", "a", encoding="utf-8") as f:
        f.write(paste.line("bob", "48:33", right=8) + paste.line("ann", "49:33", right=1))
    browser.until(of("Raw IPv4"), "8 of 9 right")
    assert "1 of 9" not in browser.text(of("Raw IPv4"))


def copies(browser, text):
    browser.tab_to(f"Copy {text}")
    browser.keys(SPACE)
    end = "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](String(e)))"
    got = browser.do("/execute/async", {"script": end, "args": []})
    assert got == text, got


def answer(browser, room, n):
    """A question is answered, its tries are counted, on reload too, and what is no guess is named."""
    card = of("Socket types")
    browser.tab_to("Socket types")
    browser.keys(ENTER)
    browser.until(f"{card} label", "Answer")
    browser.until(f"{card} .left", f"{5 - n} tries left")
    browser.tab_to("Answer")
    browser.keys(room.c.flag("raw-tcp", "bob") + ENTER)
    browser.until(f"{card} form .answer", 'of another challenge: enter it at "Raw TCP"')
    browser.tab_to("Answer")  # with the keyboard a field's text is selected
    browser.keys("wrong" + ENTER)
    browser.until(f"{card} form .answer", "Incorrect")
    browser.until(f"{card} .left", f"{4 - n} tr")
    link = browser.run("return location.href")
    assert "#Socket%20types-" in link
    browser.run("location.reload()")
    browser.until(f"{card} .left", f"{4 - n} tr")
    assert browser.focused().startswith("Socket types"), "the address opens its challenge"


def look(browser, room, n, shot):
    browser.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.open(room.b.url + f"/#token={room.tokens['bob']}")
    browser.until("#you", "Your handle is bob")
    copies(browser, "nc 172.16.1.15 1110")
    pin = room.mine("bob")["pin"]
    assert pin not in browser.run("return document.documentElement.outerHTML"), "a page may be in a picture"
    browser.tab_to("Show what tells your PIN")
    browser.keys(ENTER)
    browser.until("#you", f"i bob {pin}")
    browser.keys(ENTER)
    assert pin not in browser.text("#you")
    challenges_and_text(browser)
    one_try(browser, room)
    if n == 0:
        buy(browser, room)
        refused_for_a_blank(browser)
    shot("try")
    for check in (lambda: browser.overflow() <= 0, lambda: browser.contrast()[0] >= 4.5):
        assert check(), (browser.overflow(), browser.contrast())
    answer(browser, room, n)
    shot("answer")
    assert not [text for text in browser.complaints() if "400" not in text], browser.complaints()


def refused_for_a_blank(browser):
    """What one looks for can be seen: a blank more, and why all was right and yet no flag came."""
    shown = browser.run("return document.querySelector(arguments[0]).innerText", of("Raw IPv4"))
    for part in ('"I  am bob"', "9 of 9 right, but something besides is wrong", "byte 1 of the IPv4 header", "judged after 0.2 s of silence"):
        assert part in shown, (part, shown)


def buy(browser, room):
    """A hint that costs is asked for twice, refused to who has no points, and taken off."""
    card = of("Raw IPv4")
    browser.tab_to("The header's length: show it for 3 points")
    browser.keys(ENTER)
    assert browser.focused() == "The header's length: yes, spend 3 points"
    browser.keys(ENTER)
    browser.until(f"{card} .hint", "You do not have enough points")
    room.b.api("POST", "/submissions", {"challenge_id": room.ids["Stream sender"], "user_id": user(room), "type": "correct"})
    browser.until("#points", "4 of 80 points")
    browser.keys(ENTER)
    browser.until(f"{card} .hint", "Count in words")
    browser.until("#points", "1 of 80 points")
    assert browser.text(f"{card} .hint td") == "IHL"
    browser.tab_to("Hint 2: show it")
    browser.keys(SPACE)
    browser.until(f"{card} .hint:last-child", "Count in words")


def user(room):
    return next(u["id"] for u in room.b.api("GET", "/users")["data"] if u["name"] == "bob")


def main():
    need_browser()
    desk.wiregrade, desk.course = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    shots = sys.argv[3] if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory(prefix="wiregrade-student-") as desk.scratch, desk.RealBoard("first") as first:
        room = paste.Room(first)
        with desk.RealBoard("knows", "--class", str(room.c.dir / "class.yml")) as knows:
            room.move(knows)
            prepare(room)
            for n, (phone, dark) in enumerate(((False, False), (True, True), (True, False), (False, True))):
                browser = Browser(phone, dark)
                name = ("phone" if phone else "desk") + ("-dark" if dark else "-light")
                try:
                    look(browser, room, n, lambda what: shots and browser.screenshot(f"{shots}/{what}-{name}.png"))
                finally:
                    browser.close()
    print("a student finds his way")


main()
