"""fake_ctfd.py - as much of CTFd 3.8.7's API as the relay uses, in memory, with faults on demand."""
import collections
import http.server
import json
import re
import socket
import threading
import time
import urllib.parse

TOKEN = "ctfd_" + "7" * 64
GENERIC = {"message": "Internal Server Error"}
FORBIDDEN = {"message": "You don't have the permission to access the requested resource."}
PAGE = "<!doctype html><title>A page</title>" + "x" * 300


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


class Board:
    """The state. `faults` is a list of [method or "", path regex, kind, how many more]."""

    def __init__(self, mode="users"):
        self.configs = {"ctf_name": "Fake", "ctf_version": "3.8.7", "user_mode": mode}
        self.users, self.teams, self.challenges, self.flags, self.hints, self.topics = {}, {}, {}, {}, {}, {}
        self.submissions, self.requests, self.faults = {}, [], []
        self.next = collections.Counter()
        self.pages = 0  # that there are at least
        self.lock = threading.Lock()
        self.released = threading.Event()  # until then what is "held" has no answer
        self.server = None

    def new(self, kind):
        self.next[kind] += 1
        return self.next[kind]

    def add_user(self, name, email=None, team=None, hidden=False):
        n = self.new("user")
        self.users[n] = {"id": n, "name": name, "email": email, "team_id": team, "hidden": hidden, "score": None}
        return n

    def add_challenge(self, name, value=10, **more):
        n = self.new("challenge")
        self.challenges[n] = {"id": n, "name": name, "value": value, "state": "visible", "type": "standard",
                              "function": "static", "recomputed": 0, **more}
        return n

    def solves(self):
        return [s for s in self.submissions.values() if s["type"] == "correct"]

    # the API

    def paginate(self, rows, query, size):
        page = max(1, int(query.get("page", "1")))
        part = rows[(page - 1) * size:page * size]
        pages = max(self.pages, -(-len(rows) // size))
        return {"success": True, "data": part, "meta": {"pagination": {
            "page": page, "next": page + 1 if page < pages else None, "pages": pages, "per_page": size,
            "total": len(rows)}}}

    def get(self, path, query):
        if match := re.fullmatch(r"/configs/([\w-]+)", path):
            if match[1] not in self.configs:
                raise Refused(404, {"message": "not found"})
            return {"success": True, "data": {"id": 1, "key": match[1], "value": self.configs[match[1]]}}
        if path == "/challenges":
            rows = [c for c in self.challenges.values() if c["state"] == "visible" or query.get("view") == "admin"]
            keys = ("id", "type", "name", "value")
            return {"success": True, "data": [{k: c[k] for k in keys} for c in rows]}
        if match := re.fullmatch(r"/(challenges|users)/(\d+)", path):
            table = self.challenges if match[1] == "challenges" else self.users
            if int(match[2]) not in table:
                raise Refused(404, {"message": "not found"})
            hints = [h["id"] for h in self.hints.values() if match[1] == "challenges" and h["challenge_id"] == int(match[2])]
            return {"success": True, "data": {**table[int(match[2])], "hints": hints}}
        if match := re.fullmatch(r"/challenges/(\d+)/(\w+)", path):
            if match[2] == "requirements":
                return {"success": True, "data": self.challenges[int(match[1])].get("requirements")}
            rows = getattr(self, match[2]).values() if match[2] in ("flags", "hints", "topics") else []
            return {"success": True, "data": [r for r in rows if r["challenge_id"] == int(match[1])]}
        if path == "/solutions":
            return {"success": True, "data": []}
        if path == "/users":
            field, q = query.get("field"), query.get("q", "").lower()
            rows = [u for u in self.users.values() if not u["hidden"] or query.get("view") == "admin"]
            if field and q:
                pattern = re.escape(q).replace("_", ".").replace("%", ".*")
                rows = [u for u in rows if re.search(pattern, (u[field] or "").lower())]
            public = [{k: u[k] for k in ("id", "name", "team_id")} for u in rows]
            return self.paginate(public, query, 50)
        if path == "/submissions":
            rows = list(self.submissions.values())
            for key in ("challenge_id", "user_id", "team_id"):
                if key in query:
                    rows = [r for r in rows if r[key] == int(query[key])]
            for key in ("type", "provided"):
                if key in query:
                    rows = [r for r in rows if r[key] == query[key]]
            return self.paginate(rows, query, min(100, int(query.get("per_page", "20"))))
        raise Refused(404, {"message": "not found"})

    def post(self, path, body):
        if path == "/submissions":
            user, challenge, team = body.get("user_id"), body.get("challenge_id"), body.get("team_id")
            if body.get("type") != "correct":
                raise AssertionError("a submission without type")
            clash = any(s["challenge_id"] == challenge and
                        (s["user_id"] == user or (team and s["team_id"] == team)) for s in self.solves())
            if clash or user not in self.users or challenge not in self.challenges or (team and team not in self.teams):
                raise Refused(500, GENERIC)
            n = self.new("submission")
            self.submissions[n] = {
                "id": n, "challenge_id": challenge, "user_id": user, "team_id": team, "type": "correct",
                "provided": body.get("provided"), "ip": body.get("ip"), "date": "2026-11-22T18:47:33+00:00",
                "challenge": {"id": challenge, "value": self.challenges[challenge]["value"]}}
            return {"success": True, "data": self.submissions[n]}
        if path == "/challenges":
            n = self.new("challenge")
            self.challenges[n] = {"id": n, "function": "static", "recomputed": 0, **body}
            return {"success": True, "data": self.challenges[n]}
        if path in ("/flags", "/hints", "/topics"):
            n, table = self.new(path[1:-1]), getattr(self, path[1:])
            table[n] = {"id": n, **body}
            return {"success": True, "data": table[n]}
        raise Refused(404, {"message": "not found"})

    def patch(self, path, body):
        if path == "/configs":
            self.configs.update(body)
            return {"success": True}
        match = re.fullmatch(r"/challenges/(\d+)", path)
        if not match or int(match[1]) not in self.challenges:
            raise Refused(404, {"message": "not found"})
        challenge = self.challenges[int(match[1])]
        challenge.update(body)
        challenge["recomputed"] += 1
        return {"success": True, "data": challenge}

    def delete(self, path, _body):
        match = re.fullmatch(r"/(challenges|submissions)/(\d+)", path)
        table = self.challenges if match and match[1] == "challenges" else self.submissions
        if not match or int(match[2]) not in table:
            raise Refused(404, {"message": "not found"})
        del table[int(match[2])]
        return {"success": True}

    def fault(self, method, path):
        for f in self.faults:
            if f[3] and f[0] in ("", method) and re.search(f[1], path):
                f[3] -= 1
                return f[2]
        return None

    def start(self):
        board = self

        class Handler(RequestHandler):
            pass

        Handler.board = board
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


# kind: (status, content type, body, more headers)
PLAIN_FAULTS = {
    "html": (200, "text/html; charset=utf-8", PAGE, {}),
    "null": (200, "application/json", "null\n", {}),
    "login": (302, "text/html", PAGE, {"Location": "/login?next=x"}),
    "setup": (302, "text/html", PAGE, {"Location": "/setup"}),
    "401": (401, "application/json", '{"message":"Your access token has expired"}', {}),
    "403": (403, "application/json", json.dumps(FORBIDDEN), {}),
    "403page": (403, "text/html", PAGE, {}),
    "import": (403, "text/html", "Import currently in progress", {}),
    "404": (404, "application/json", '{"message":"The requested URL was not found"}', {}),
    "404page": (404, "text/html", PAGE, {}),
    "400": (400, "application/json", '{"success":false,"errors":{"ip":["Longer than maximum length 46."]}}', {}),
    "429": (429, "application/json", '{"code":429,"message":"Too many requests."}', {}),
    "429 3 s": (429, "application/json", '{"code":429,"message":"Too many requests."}', {"Retry-After": "3"}),
    "503 never": (503, "text/html", PAGE, {"Retry-After": "99999999"}),
    "500": (500, "application/json", json.dumps(GENERIC), {}),
    "500page": (500, "text/html", PAGE, {}),
    "502": (502, "text/html", PAGE, {}),
    "broken": (200, "application/json", '{"success": true, "data": {"id": 1, "type', {}),
    "twice": (200, "application/json", '{"success": true} {"success": true}', {}),
}


class RequestHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    board = None
    timeout = 20
    disable_nagle_algorithm = True
    wbufsize = 65536

    def log_message(self, *_args):
        pass

    def send(self, status, kind, text, more=()):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for key, value in dict(more).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)

    def cut(self, text=b""):
        self.wfile.write(text)
        self.wfile.flush()
        # a reset, as from a process that was killed
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close_connection = True
        self.connection.close()

    def misbehave(self, kind):
        if kind in PLAIN_FAULTS:
            status, content, text, more = PLAIN_FAULTS[kind]
            self.send(status, content, text, more)
        elif kind == "nothing":
            self.cut()
        elif kind == "garbage":
            self.cut(b"SSH-2.0-OpenSSH_9.2\r\n")
        elif kind == "cut":
            self.cut(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"success":')
        elif kind == "held":
            self.board.released.wait()
            self.cut()
        elif kind == "slow":
            time.sleep(4)
            self.cut()
        elif kind == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n")
            try:
                for _ in range(40):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.2)
            except OSError:
                pass
            self.close_connection = True
        elif kind in ("huge", "endless"):
            size = b"Content-Length: 99999999999\r\n" if kind == "huge" else b""
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + size + b"\r\n")
            try:
                for _ in range(4000):
                    self.wfile.write(b"[" * 65536)
                self.wfile.flush()
            except OSError:
                pass
            self.close_connection = True
        else:
            raise AssertionError(kind)

    def handle_one(self):
        board, method = self.board, self.command
        url = urllib.parse.urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = url.path.removeprefix("/api/v1")
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        kind = board.fault(method, path)
        board.requests.append({"method": method, "path": path, "query": query, "body": text.decode(),
                               "headers": dict(self.headers), "port": self.client_address[1],
                               "at": time.monotonic()})
        if kind and not kind.startswith("after-"):
            self.misbehave(kind)
            return
        if self.headers.get("Content-Type") != "application/json":
            self.send(302, "text/html", PAGE, {"Location": "/login"})
            return
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            self.send(401, "application/json", '{"message":"Your access token is invalid"}')
            return
        try:
            with board.lock:
                if method == "GET":
                    answer = board.get(path, query)
                else:
                    answer = getattr(board, method.lower())(path, json.loads(text or "{}"))
        except Refused as refused:
            self.send(refused.status, "application/json", json.dumps(refused.body))
            return
        if kind:
            self.misbehave(kind.removeprefix("after-"))
            return
        self.send(200, "application/json", json.dumps(answer) + "\n")

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass  # the peer was killed, or we cut it off
