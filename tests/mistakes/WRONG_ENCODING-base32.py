#!/usr/bin/python3
# datagram, expect: payload WRONG_ENCODING
# Base32 is another one
import base64
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.sendto(base64.b32encode(b'smith'), ('172.16.1.15', 7004))
