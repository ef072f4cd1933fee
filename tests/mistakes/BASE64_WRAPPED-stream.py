#!/usr/bin/python3
# stream, expect: payload BASE64_WRAPPED
# base64 -w4: the message does not end with its first line
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect(('172.16.1.15', 7003))
s.send(b'c21p\ndGg=\n')
s.recvfrom(1024)
s.close()
