#!/usr/bin/python3
import base64
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
ip_addr = os.environ["WIREGRADE_TARGET"]
port = 5333
s.connect((ip_addr, port))
s.send(os.environ["WIREGRADE_STUDENT"].encode() + b"\n")
data, conn = s.recvfrom(1024)
s.send(base64.b64decode(data) + b"\n")
data, conn = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
