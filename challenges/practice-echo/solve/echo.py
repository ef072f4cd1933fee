#!/usr/bin/python3
import base64
import os
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b'\x00'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


# The flag is called back: listen before sending
listener = socket.create_server(('', int(os.environ["WIREGRADE_PORT"])))
listener.settimeout(10)

payload = base64.b64encode(os.environ["WIREGRADE_STUDENT"].encode())
identifier = 0x5747
sequence = int(os.environ["WIREGRADE_PARAM_ICMP_SEQ"])

# ICMP echo request, RFC 792: first with checksum 0, then again with the right one
header = struct.pack('!BBHHH', 8, 0, 0, identifier, sequence)
header = struct.pack('!BBHHH', 8, 0, checksum(header + payload), identifier, sequence)

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.sendto(header + payload, (os.environ["WIREGRADE_TARGET"], 0))

conn, addr = listener.accept()
print(conn.recv(1024).decode().splitlines()[0])
