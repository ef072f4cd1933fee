#!/usr/bin/python3
import base64
import os
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((os.environ["WIREGRADE_SOURCE"], 4444))
s.connect((os.environ["WIREGRADE_TARGET"], int(os.environ["WIREGRADE_PORT"])))
s.sendall(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
text, number = bytes.fromhex(s.recv(1000).decode().strip()).decode().split("/")
s.sendall(base64.b64encode(f"{number}:{text}".encode()) + b"\n")
print(s.recv(1000).decode())
