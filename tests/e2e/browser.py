"""A student's Chromium, driven by WebDriver as much as is needed."""
import base64
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import time

import leftovers  # noqa: F401  pylint: disable=unused-import
from steady import DEADLINE

PHONE = (360, 740)
TAB, ENTER, SPACE, SHIFT = "\ue004", "\ue007", "\ue00d", "\ue008"


def need_browser():
    if not shutil.which("chromedriver"):
        print("no chromedriver: ci/bootstrap installs it")
        sys.exit(77)


class Browser:
    """phone: a phone's width instead of a desk's; dark: the system's colours are dark."""

    def __init__(self, phone=False, dark=False):
        self.folder = tempfile.TemporaryDirectory(prefix="wiregrade-chromium-")
        for _ in range(3):  # it takes a free port, and may lose it to another before it listens
            self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                           text=True)
            said = next((line for line in self.driver.stdout if "started successfully on port" in line), None)
            if said:
                break
            self.driver.wait()
        else:
            raise AssertionError("chromedriver did not start")
        self.port = int(said.rstrip(".\n").split()[-1])
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                            "--disable-background-networking", "--disable-component-update", "--disable-sync",
                            "--disable-dev-shm-usage", f"--user-data-dir={self.folder.name}",
                            "--window-size=1000,1000"]}
        if phone:
            options["mobileEmulation"] = {"deviceMetrics": {"width": PHONE[0], "height": PHONE[1], "pixelRatio": 2}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})["sessionId"]
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def command(self, name, **parameters):
        """One of the DevTools protocol."""
        return self.do("/goog/cdp/execute", {"cmd": name, "params": parameters})

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def do(self, path, body):
        return self.call("POST", f"/session/{self.session}{path}", body)

    def open(self, url):
        self.do("/url", {"url": url})

    def run(self, script, *arguments):
        return self.do("/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, css):
        return next(iter(self.do("/element", {"using": "css selector", "value": css}).values()))

    def click(self, css):
        self.do(f"/element/{self.find(css)}/click", {})

    def type(self, css, text):
        self.do(f"/element/{self.find(css)}/value", {"text": text})

    def keys(self, text):
        """Typed where the focus is."""
        self.do("/actions", {"actions": [{"type": "key", "id": "keys", "actions": [
            {"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]}]})

    def focused(self):
        """What a reader hears of the element that has the focus."""
        return self.run("const e = document.activeElement;"
                        "return e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent.trim() || e.id")

    def tab_to(self, wanted, most=60):
        """Presses Tab until wanted begins what has the focus."""
        for _ in range(most):
            self.keys(TAB)
            if self.focused().startswith(wanted):
                return
        raise AssertionError(f"Tab does not lead to {wanted!r}, but to {self.focused()!r}")

    def text(self, css):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", css)

    def until(self, css, wanted):
        end = time.monotonic() + DEADLINE
        while wanted not in self.text(css):
            assert time.monotonic() < end, f"{css}: {self.text(css)!r}, not {wanted!r}"
            time.sleep(0.05)

    def screenshot(self, path, whole=True):
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=whole)
        with open(path, "wb") as f:
            f.write(base64.b64decode(shot["data"]))

    def overflow(self):
        """How many pixels of the page stick out of the window at its right."""
        return self.run("return document.documentElement.scrollWidth - innerWidth")

    def contrast(self):
        """The worst ratio of a visible text to what is behind it, and the text (WCAG 2.2, 1.4.3)."""
        return self.run(CONTRAST)

    def complaints(self):
        return [row["message"] for row in self.do("/se/log", {"type": "browser"}) if row["level"] == "SEVERE"]

    def close(self):
        if hasattr(self, "session"):
            self.call("DELETE", f"/session/{self.session}")
        self.driver.terminate()
        self.driver.wait(DEADLINE)
        self.driver.stdout.close()
        self.folder.cleanup()


CONTRAST = """
const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
function light(colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  const linear = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return a === 255 ? 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] : null;
}
let worst = [21, ""];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const parent = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !parent.checkVisibility() || parent.closest("noscript,.skip")) continue;
  let behind = null;
  for (let e = parent; e && behind === null; e = e.parentElement) behind = light(getComputedStyle(e).backgroundColor);
  const pair = [light(getComputedStyle(parent).color), behind ?? light("#fff")].sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < worst[0]) worst = [ratio, walk.currentNode.data.trim()];
}
return worst;
"""
