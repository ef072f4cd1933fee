#!/usr/bin/python3
# stream, expect: payload BASE64_OVERPADDED
# two =, by rote
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect(('172.16.1.15', 7003))
s.send(b'c21pdGg==')
s.recvfrom(1024)
s.close()
