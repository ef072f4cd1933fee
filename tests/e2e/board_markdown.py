#!/usr/bin/env python3
"""board_markdown.py BOARD [SCREENSHOT_FOLDER]: what Chromium makes of a challenge's text. Exit 77: no Chromium here."""
import subprocess
import sys
import tempfile

from board_page import Api
from browser import Browser, need_browser
from steady import DEADLINE

TEXT = """# Title

| field | value |
|---|---:|
| **DSCP** | `24` |
| a_very_long_name_of_a_field_that_is_wide | 0x1234567890abcdef1234567890abcdef |

See [the RFC](https://www.rfc-editor.org/rfc/rfc791), <https://example.org/>, https://example.net/x and
[mail](mailto:a@example.org); [another](#Other-2). ~~Gone.~~

> quoted
> twice

---

1. first
   - below it
     - deepest
2. second

[bad](javascript:document.title='broken') [worse](JaVaScRiPt&#58;alert(1)) [tab](java&#9;script:alert(1))
[data](data:text/html,<script>alert(1)</script>) [file](file:///etc/passwd) [ftp](ftp://example.org/) ![far](https://example.org/x.png)
![near](/files/a/b.png) <img src=x onerror="document.title='broken'">

<script>document.title = "broken"</script>

```
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
```
"""
ROWS = (  # what is asked of the card's inside, and the answer
    ("h1", "Title"), ("table th:last-child", "value"), ("table td strong", "DSCP"), ("table td code", "24"),
    ("a[href='https://www.rfc-editor.org/rfc/rfc791']", "the RFC"), ("a[href='https://example.org/']", "https://example.org/"),
    ("a[href='https://example.net/x']", "https://example.net/x"), ("a[href='mailto:a@example.org']", "mail"),
    ("a[href='#Other-2']", "another"), ("del", "Gone."), ("blockquote p", "quoted\ntwice"), ("hr", ""),
    ("ol > li:first-child > ul > li > ul > li", "deepest"), ("ol > li:last-child", "second"),
    ("a[href='https://example.org/x.png']", "far"), ("pre code", "0123456789" * 10 + "\n"))


def look(browser, url, token, shot):
    browser.open(url + f"/#token={token}")
    browser.until("#challenges", "Text")
    browser.click("details summary")
    browser.until(".inside", "deepest")
    for css, wanted in ROWS:
        got = browser.run("return document.querySelector('.inside ' + arguments[0])?.textContent ?? null", css)
        assert got == wanted, (css, got)
    links = browser.run("return [...document.querySelectorAll('.inside a')].map((a) => a.protocol)")
    assert set(links) == {"https:", "http:", "mailto:"}, links
    assert '<script>document.title = "broken"</script>' in browser.text(".inside")
    assert browser.run("return [...document.querySelectorAll('main script, main img')].map((e) => e.alt)") == ["near"]
    assert browser.run("return document.title") == "Wiregrade"
    assert browser.overflow() <= 0, browser.overflow()
    ratio, text = browser.contrast()
    assert ratio >= 4.5, (ratio, text)
    assert browser.run("return [...document.querySelectorAll('.scroll')].every((e) => e.tabIndex === 0)")
    if shot:
        browser.screenshot(shot)


def main():
    need_browser()
    executable, shots = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(prefix="wiregrade-page-") as folder:
        db, token_file = f"{folder}/b.db", f"{folder}/token"
        board = subprocess.Popen([executable, "--port", "0", "--db", db, "--token-file", token_file],
                                 stdout=subprocess.PIPE, text=True)
        try:
            url = board.stdout.readline().split()[-1]
            with open(token_file, encoding="ascii") as f:
                token = f.read().strip()
            Api(url, token).ask("POST", "/challenges", {"name": "Text", "category": "c", "description": TEXT, "value": 1,
                                                        "type": "standard", "state": "visible"})
            for phone in (False, True):
                for dark in (False, True):
                    browser = Browser(phone, dark)
                    try:
                        name = ("phone" if phone else "desk") + ("-dark" if dark else "-light")
                        look(browser, url, token, shots and f"{shots}/markdown-{name}.png")
                    finally:
                        browser.close()
        finally:
            board.terminate()
            board.wait(DEADLINE)
            board.stdout.close()
    print("a text looks as it should")


main()
