#!/usr/bin/python3
# stream, expect: payload WRONG_CASE
# upper() after the encoding
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect(('172.16.1.15', 7003))
s.send(b'C21PDGG=')
s.recvfrom(1024)
s.close()
