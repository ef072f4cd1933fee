#!/usr/bin/python3
import base64
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
talk = s.makefile("rw")
me = os.environ["WIREGRADE_STUDENT"]
for line in me, "socket", base64.b64encode(b"socket " + me.encode()).decode():
    print(line, file=talk, flush=True)
    talk.readline()
print(talk.read())
