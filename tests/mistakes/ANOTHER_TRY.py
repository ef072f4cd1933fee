#!/usr/bin/python3
# talk, expect: payload ANOTHER_TRY
# the word was written down when the program ran before
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'this is smith', ('172.16.1.15', 7010))
word = s.recv(1024).strip()
s.sendto(b'this is smith', ('172.16.1.15', 7010))
s.recv(1024)
s.sendto(word.hex().encode(), ('172.16.1.15', 7010))
