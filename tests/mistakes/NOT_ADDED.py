#!/usr/bin/python3
# next, expect: udp.srcport NOT_ADDED
# the second datagram leaves from the same socket, and so from P itself
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.sendto(b'smith is next', ('172.16.1.15', 7012))
port, word = s.recv(1024).split()
s.sendto(word, ('172.16.1.15', 7012))
