#!/usr/bin/python3
import base64
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.send(os.environ["WIREGRADE_STUDENT"].encode())
s.send(base64.b64encode(s.recv(1000).strip()))
print(s.recv(1000).decode())
