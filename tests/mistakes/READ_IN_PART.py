#!/usr/bin/python3
# talk, expect: payload READ_IN_PART
# four bytes of the word are read: the rest of the datagram is lost
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'this is smith', ('172.16.1.15', 7010))
word = s.recv(4)
s.sendto(word.hex().encode(), ('172.16.1.15', 7010))
