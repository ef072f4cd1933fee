#!/usr/bin/python3
import base64
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
ip_addr = os.environ["WIREGRADE_TARGET"]
port = int(os.environ["WIREGRADE_PORT"])
s.connect((ip_addr, port))
message = ("I am " + os.environ["WIREGRADE_STUDENT"]).encode()
hidden_msg = base64.b64encode(message)
s.send(hidden_msg)
data, conn = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
