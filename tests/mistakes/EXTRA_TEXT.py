#!/usr/bin/python3
# datagram, expect: payload EXTRA_TEXT
# the handle alone is asked for
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.sendto(b'handle: smith'.hex().encode(), ('172.16.1.15', 7004))
