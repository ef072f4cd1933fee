#!/usr/bin/python3
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', int(os.environ["WIREGRADE_PARAM_TCP_SRCPORT"])))
ip_addr = os.environ["WIREGRADE_TARGET"]
port = 6111
s.connect((ip_addr, port))
message = os.environ["WIREGRADE_STUDENT"].encode()
s.send(message)
data, conn = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
