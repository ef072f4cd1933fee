#!/usr/bin/python3
import os
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
ip_addr = os.environ["WIREGRADE_TARGET"]
port = 5555
s.connect((ip_addr, port))
message = (os.environ["WIREGRADE_STUDENT"] + " gr\u00fc\u00dft K\u00f6ln").encode('utf-8')
s.send(message)
data, conn = s.recvfrom(1024)
print(data.decode('utf-8'))
s.close()
