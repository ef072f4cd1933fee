#!/usr/bin/python3
# udp, expect: udp.checksum.status CHECKSUM_BEFORE_ENCODING
# the sum is made of the text, and the text is encoded then
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b'\x00'
    total = 0
    for i in range(0, len(data), 2):
        total += (data[i] << 8) + data[i + 1]
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


text = b'smith'
message = text.hex().encode()

ip_header = struct.pack('!BBHHHBBH4s4s', (4 << 4) + 5, 0, 0, 4321, 0, 150, socket.IPPROTO_UDP, 0,
                        socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'))
length = 8 + len(message)
udp_header = struct.pack('!HHHH', 31337, 7002, length, 0)

pseudo_header = struct.pack('!4s4sBBH', socket.inet_aton('10.10.0.40'), socket.inet_aton('172.16.1.15'), 0,
                            socket.IPPROTO_UDP, length)
udp_check = checksum(pseudo_header + udp_header + text)
udp_header = struct.pack('!HHHH', 31337, 7002, length, udp_check)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(ip_header + udp_header + message, ('172.16.1.15', 0))
