#!/usr/bin/python3
# udp, expect: udp.srcport KERNEL_PICKED
# without bind() the kernel takes a port that is free
import binascii
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 128)
s.sendto(binascii.hexlify(b'smith'), ('172.16.1.15', 7002))
