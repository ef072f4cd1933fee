#!/usr/bin/python3
# stream, expect: payload HTTP_REQUEST
# what curl sends, and a browser
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
s.connect(('172.16.1.15', 7003))
s.send(b'GET /smith HTTP/1.1\r\nHost: 172.16.1.15:7003\r\nAccept: */*\r\n\r\n')
s.recvfrom(1024)
s.close()
