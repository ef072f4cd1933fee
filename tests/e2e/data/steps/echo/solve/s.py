#!/usr/bin/python3
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
talk = s.makefile("rw")
talk.readline()
print(os.environ["WIREGRADE_STUDENT"], file=talk, flush=True)
print(talk.readline().strip().encode().hex(), file=talk, flush=True)
print(talk.read())
