#!/usr/bin/python3
# datagram, expect: payload TEXT_REVERSED
# [::-1] in the wrong place
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.sendto(b'smith'[::-1].hex().encode(), ('172.16.1.15', 7004))
