#!/usr/bin/python3
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
talk = s.makefile("rw")
print(os.environ["WIREGRADE_STUDENT"], file=talk, flush=True)
for _ in range(5):
    print((int(talk.readline()) + 1) % 65536, file=talk, flush=True)
print(talk.read())
