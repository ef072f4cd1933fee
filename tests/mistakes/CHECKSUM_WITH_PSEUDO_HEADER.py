#!/usr/bin/python3
# ping, expect: icmp.checksum.status CHECKSUM_WITH_PSEUDO_HEADER
# a pseudo-header, as TCP and UDP have it
import binascii
import socket
import struct


def checksum(data):
    total = 0
    for i in range(0, len(data), 2):
        total += (data[i] << 8) + data[i + 1]
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


message = binascii.hexlify(b'smith')

ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) + 5, 0, 0, 4321, 0, 64, socket.IPPROTO_ICMP, 0,
                        socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'))
icmp_header = struct.pack('!BBHHH', 8, 0, 0, 1, 1)
pseudo_header = struct.pack('!4s4sBBH', socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'), 0,
                            socket.IPPROTO_ICMP, len(icmp_header) + len(message))
icmp_check = checksum(pseudo_header + icmp_header + message)
icmp_header = struct.pack('!BBHHH', 8, 0, icmp_check, 1, 1)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + icmp_header + message, ('172.16.1.15', 0))
