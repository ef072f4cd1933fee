#!/usr/bin/python3
# wall, expect: frame FILTER_SAYS_NO
# from a high port, which the filter does not let through
import socket
import struct


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


source, target = socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15')
payload = b'smith'
length = 8 + len(payload)
header = struct.pack('!HHHH', 31337, 7013, length, 0)
pseudo = struct.pack('!4s4sBBH', source, target, 0, socket.IPPROTO_UDP, length)
header = struct.pack('!HHHH', 31337, 7013, length, checksum(pseudo + header + payload))
ip = struct.pack('!BBHHHBBH4s4s', 4 << 4 | 5, 0, 0, 4321, 0, 64, socket.IPPROTO_UDP, 0, source, target)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip + header + payload, ('172.16.1.15', 0))
