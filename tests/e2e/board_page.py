#!/usr/bin/env python3
"""board_page.py BOARD [SCREENSHOT_FOLDER]: a student uses the page in Chromium. Exit 77: no Chromium here."""
import http.client
import json
import subprocess
import sys
import tempfile
import urllib.parse

from browser import ENTER, Browser, need_browser
from steady import DEADLINE

# <script> and an image in a text: if either became markup, the title would change
DESCRIPTION = """Send **one** datagram to `{host}`.

- first, *build* the header
- then <script>document.title="broken"</script> <img src=x onerror="document.title='broken'">

```python
import socket  # <b>not bold</b>
```
"""


class Api:
    def __init__(self, url, token):
        self.host, self.token = urllib.parse.urlsplit(url).netloc, token

    def ask(self, method, path, body):
        connection = http.client.HTTPConnection(self.host, timeout=DEADLINE)
        connection.request(method, "/api/v1" + path, json.dumps(body), {
            "Authorization": f"Token {self.token}", "Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        assert answer.get("success"), answer
        return answer.get("data")


def prepare(api):
    api.ask("PATCH", "/configs", {"ctf_name": "Packets <b>and</b> sockets", "wiregrade_pass_mark": "20"})
    first = api.ask("POST", "/challenges", {"name": "Stream", "category": "Sockets", "description": DESCRIPTION,
                                            "value": 10, "type": "standard", "state": "visible",
                                            "connection_info": "nc 192.0.2.1 5309"})["id"]
    second = api.ask("POST", "/challenges", {"name": "Raw", "category": "Packets", "description": "x", "value": 20,
                                             "type": "standard", "state": "visible"})["id"]
    for challenge in (first, second):
        api.ask("POST", "/flags", {"challenge_id": challenge, "content": "flag{right}", "type": "static"})
    return first, second


def use(browser, url, api, user, token, shots):
    first, second = prepare(api)

    def shot(name):
        if shots:
            browser.screenshot(f"{shots}/{name}.png")

    browser.open(url + "/#token=ctfd_wrong")
    browser.until("#notice", "This token is not known here")
    browser.tab_to("Access token")
    browser.keys(url + f"/#token={token}" + ENTER)
    browser.until("#points", "0 of 30 points")
    browser.open("about:blank")
    browser.open(url + f"/#token={token}")
    browser.until("#points", "0 of 30 points")
    assert browser.run("return location.href") == url + "/", "the token is still in the address"
    assert browser.text("#course") == "Packets <b>and</b> sockets" and browser.text("#who") == "alice"
    assert browser.text("#verdict") == "20 more to pass: the pass mark is 20 points."
    browser.until("#nobody", "Nobody has points yet.")
    card = f"details:has(#flag-{first})"
    browser.click(f"{card} summary")
    browser.until(f"{card} .inside", "nc 192.0.2.1 5309")
    assert browser.text(f"{card} strong") == "one" and browser.text(f"{card} li em") == "build"
    assert browser.text(f"{card} pre code") == "import socket  # <b>not bold</b>\n"
    assert '<script>document.title="broken"</script>' in browser.text(f"{card} li:last-child")
    assert not browser.run("return document.querySelector('main script, main img, pre b') !== null")
    browser.type(f"#flag-{first}", "flag{wrong}\ue007")
    browser.until(f"{card} .answer", "Incorrect")
    shot("before")
    browser.run("document.getElementById(arguments[0]).value = ''", f"flag-{first}")
    browser.type(f"#flag-{first}", "flag{right}\ue007")
    browser.until("#points", "10 of 30 points")
    assert browser.text(f"{card} .answer") == "Correct" and "✓ solved" in browser.text(f"{card} summary")
    browser.until("#standings", "1alice10")
    # what the grader posts shows without a reload, and what is being typed stays
    browser.click(f"details:has(#flag-{second}) summary")
    browser.type(f"#flag-{second}", "half a fl")
    api.ask("POST", "/submissions", {"challenge_id": second, "user_id": user, "type": "correct"})
    browser.until("#verdict", "Passed: the pass mark is 20 points.")
    assert browser.run("return document.getElementById(arguments[0]).value", f"flag-{second}") == "half a fl"
    assert browser.run("return document.title") == "Packets <b>and</b> sockets"
    shot("after")
    # the only thing to complain of was the wrong token
    assert all("401" in text for text in browser.complaints()), browser.complaints()
    browser.click("#leave")
    assert browser.run("return sessionStorage.length") == 0 and browser.text("#challenges") == ""


def main():
    need_browser()
    executable, shots = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(prefix="wiregrade-page-") as folder:
        db, token_file = f"{folder}/b.db", f"{folder}/token"
        board = subprocess.Popen([executable, "--port", "0", "--db", db, "--token-file", token_file],
                                 stdout=subprocess.PIPE, text=True)
        browser = None
        try:
            url = board.stdout.readline().split()[-1]
            with open(token_file) as f:
                api = Api(url, f.read().strip())
            user = api.ask("POST", "/users", {"name": "alice", "password": "x"})["id"]
            token = subprocess.run([executable, "token", "alice", "--db", db], check=True, capture_output=True,
                                   text=True).stdout.strip()
            browser = Browser()
            use(browser, url, api, user, token, shots)
        finally:
            if browser:
                browser.close()
            board.terminate()
            board.wait(DEADLINE)
            board.stdout.close()
    print("the page works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
