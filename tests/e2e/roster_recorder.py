"""Stands before a scoreboard and keeps which passwords were changed, for roster.py."""
import http.server
import json
import re
import threading

from steady import DEADLINE


class Recorder(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the scoreboard, and keeps which user's password was changed to what."""
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def __init__(self, *args):
        if len(args) > 1:
            super().__init__(*args)
            return
        self.changes, handler = {}, type("Handler", (Recorder,), {"to": args[0].split("//")[1], "log": self})
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.web.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.web.server_port}"
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        conn = http.client.HTTPConnection(self.to, timeout=DEADLINE)
        conn.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k != "Host"})
        answer = conn.getresponse()
        data = answer.read()
        changed = re.fullmatch(r"/api/v1/users/(\d+)", self.path)
        if self.command == "PATCH" and changed and "password" in json.loads(body):
            self.log.changes[int(changed[1])] = json.loads(body)["password"]
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type"))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def log_message(self, *_):
        pass

    def close(self):
        self.web.shutdown()
        self.web.server_close()
