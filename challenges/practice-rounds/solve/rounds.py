#!/usr/bin/python3
import os
import socket

s = socket.create_connection((os.environ["WIREGRADE_TARGET"], 4749))
lines = s.makefile("rw")

lines.write(os.environ["WIREGRADE_STUDENT"] + "\n")
lines.flush()
for _ in range(20):
    word = lines.readline().strip()
    lines.write(word.encode().hex() + "\n")
    lines.flush()
print(lines.readline().strip())
