#!/usr/bin/python3
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect((os.environ["WIREGRADE_TARGET"], 5309))
s.send(b"lighthouse")
data, conn = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
