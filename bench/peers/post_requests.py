"""post_requests.py URL TOKEN FILE: posts the solves of FILE (JSON: bodies) by requests, as ctfcli does: one Session."""
import json
import sys

import requests

url, token, path = sys.argv[1:]
session = requests.Session()
session.headers.update({"Authorization": f"Token {token}", "Content-Type": "application/json"})
with open(path, encoding="utf-8") as f:
    for body in json.load(f):
        session.post(f"{url}/api/v1/submissions", json=body).raise_for_status()
