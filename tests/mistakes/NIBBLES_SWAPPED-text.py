#!/usr/bin/python3
# datagram, expect: payload NIBBLES_SWAPPED
# the lower half of each byte first
import socket

digits = ''.join('0123456789abcdef'[c & 15] + '0123456789abcdef'[c >> 4] for c in b'smith')
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.sendto(digits.encode(), ('172.16.1.15', 7004))
