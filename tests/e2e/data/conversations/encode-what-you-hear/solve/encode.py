#!/usr/bin/python3
import base64
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
print(s.recv(1024).decode())
s.send(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
word = base64.b64decode(s.recv(1024))
s.send(word.hex().encode() + b"\n")
print(s.recv(1024).decode())
s.close()
